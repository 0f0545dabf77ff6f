using Mesh.Protocols.Resp.Connections;

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
            var room = ShardRooms.NameOf(name);
            await session.ConfirmAfterAsync(room, isPattern: false, () => session.Mesh.Rooms.SubscribeAsync(room, session), () => Confirm(session, session.Shards, name));
        }
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
            if (session.Shards.Remove(name)) await session.Mesh.Rooms.UnsubscribeAsync(ShardRooms.NameOf(name), session);
            Confirm(session, name);
        }

        if (names.Count == 0) ConfirmNothing(session);
    }
}
