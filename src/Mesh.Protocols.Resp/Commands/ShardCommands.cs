using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Nodes;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>SSUBSCRIBE channel …</c>: shard channels are a name space of their own, counted by themselves.</summary>
internal sealed class ShardSubscribeCommand() : SubscriptionCommand("ssubscribe", -2)
{
    protected override int CountOf(RespSession session) => session.Shards.Count;

    protected override async ValueTask RunAsync(RespSession session, List<byte[]> names)
    {
        foreach (var name in names)
        {
            CheckRoom(session, session.Shards, name);
            await session.ShardListening.EnterAsync(name, () => Confirm(session, session.Shards, name));
        }

        // Its slot may have moved away meanwhile, after the others were told.
        if (session.Options.Redirect != RespRedirect.Off && names.Any(name => !session.Node.Keeps(RoomSlot.Of(name)))) await session.ShardListening.LeaveMovedAsync();
    }
}

/// <summary><c>SUNSUBSCRIBE [channel …]</c>.</summary>
internal sealed class ShardUnsubscribeCommand() : SubscriptionCommand("sunsubscribe", -1)
{
    protected override int CountOf(RespSession session) => session.Shards.Count;

    protected override async ValueTask RunAsync(RespSession session, List<byte[]> names)
    {
        if (names.Count == 0) names.AddRange(session.Shards.Names());
        foreach (var name in names)
        {
            await session.ShardListening.LeaveAsync(name);
            Confirm(session, name);
        }

        if (names.Count == 0) ConfirmNothing(session);
    }
}
