using System.Text;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary>The stream and the group that a command names.</summary>
/// <param name="Key">The stream's key.</param>
/// <param name="Ring">The stream.</param>
/// <param name="Group">The group's name.</param>
internal readonly record struct GroupKey(byte[] Key, IRing Ring, string Group)
{
    private static readonly PendingQuery Nothing = new(RingId.None, RingId.None, 0, null, TimeSpan.Zero);

    public string KeyText => Encoding.UTF8.GetString(Key);

    /// <summary>Reads key and group, which stand next to one another.</summary>
    public static GroupKey Read(RespSession session, RespArguments arguments, int at) =>
        new(session.RingKeyOf(arguments[at], out var ring), ring, session.GroupName(arguments[at + 1]));

    public static RespErrorException Full() =>
        new("ERR the stream has as many groups, consumers or pending entries as it may, or a name is too long; acknowledge or delete some first");

    /// <summary>Whether stream and group exist.</summary>
    public async ValueTask<GroupOutcome> CheckAsync() => (await Ring.PendingAsync(Group, Nothing)).Outcome;

    /// <summary>What commands about pending entries say when there is no such group.</summary>
    public void Check(GroupOutcome outcome)
    {
        if (outcome is GroupOutcome.NoStream or GroupOutcome.NoGroup) throw new RespErrorException($"NOGROUP No such key '{KeyText}' or consumer group '{Group}'");
        if (outcome == GroupOutcome.Full) throw Full();
    }
}
