using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>
/// The shard channels of one client. Its connection's loop subscribes and unsubscribes; where clients are sent to the nodes of a slot, the subscriptions of one that has moved away end,
/// and the client is told by <c>sunsubscribe</c>, as Redis Cluster does it. Thread-safe: one change at a time.
/// </summary>
internal sealed class ShardListening(RespSession session) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Subscribes, and confirms; messages come behind the confirmation.</summary>
    public async ValueTask EnterAsync(byte[] channel, Action confirm)
    {
        await _turn.WaitAsync();
        try
        {
            var room = ShardRooms.NameOf(channel);
            await session.ConfirmAfterAsync(room, isPattern: false, () => session.Mesh.Rooms.SubscribeAsync(room, session), confirm);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends a subscription, if there is one. No message comes after that.</summary>
    public async ValueTask LeaveAsync(byte[] channel)
    {
        await _turn.WaitAsync();
        try
        {
            if (session.Shards.Remove(channel)) await session.Mesh.Rooms.UnsubscribeAsync(ShardRooms.NameOf(channel), session);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends all, of a client that is leaving or asks for nothing more. What the mesh cannot do for one of them at the moment keeps none of the others.</summary>
    public async ValueTask LeaveAllAsync()
    {
        await _turn.WaitAsync();
        try
        {
            foreach (var channel in session.Shards.Names()) await EndAsync(channel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends those whose slots this node keeps no more.</summary>
    public async ValueTask LeaveMovedAsync()
    {
        if (session.Shards.Count == 0) return;
        await _turn.WaitAsync();
        try
        {
            foreach (var channel in session.Shards.Names())
            {
                if (session.Node.Keeps(RoomSlot.Of(channel))) continue;
                await EndAsync(channel);
                session.PushUnsubscribed(channel);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>A listener that leaves hears no more when the task ends, whether the rest of a cluster was told or not.</summary>
    private async ValueTask EndAsync(byte[] channel)
    {
        session.Shards.Remove(channel);
        try
        {
            await session.Mesh.Rooms.UnsubscribeAsync(ShardRooms.NameOf(channel), session);
        }
        catch (Exception reason) when (ErrorMap.Of(reason) is not null)
        {
            // Nobody is left to be told.
        }
    }
}
