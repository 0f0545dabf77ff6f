using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary><c>XACK key group id …</c>.</summary>
internal sealed class XAckCommand() : RespCommand("xack", -4)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var key = GroupKey.Read(session, arguments, 1);
        var ids = new RingId[arguments.Count - 3];
        for (var i = 0; i < ids.Length; i++)
            if (!StreamIds.TryParse(arguments[i + 3], 0, out ids[i])) return RefuseAsync(session, key);
        return RunAsync(session, key, ids);
    }

    private static async ValueTask RunAsync(RespSession session, GroupKey key, RingId[] ids) =>
        session.Reply.Integer((await key.Ring.AcknowledgeAsync(key.Group, ids)).Count);

    /// <summary>A bad id matters only where something could be acknowledged.</summary>
    private static async ValueTask RefuseAsync(RespSession session, GroupKey key)
    {
        if (await key.CheckAsync() == GroupOutcome.Done) throw new RespErrorException(StreamIds.Invalid);
        session.Reply.Integer(0);
    }
}
