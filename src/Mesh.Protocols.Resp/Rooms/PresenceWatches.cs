namespace Mesh.Protocols.Resp.Rooms;

/// <summary>The rooms of one door whose members somebody watches: one look serves all who do. Thread-safe.</summary>
internal sealed class PresenceWatches(IMesh mesh, TimeProvider clock)
{
    private readonly Lock _change = new();
    private readonly Dictionary<string, (PresenceWatch Watch, int Users)> _byRoom = new(StringComparer.Ordinal);

    /// <summary>Tells of changes from now on.</summary>
    public async ValueTask AddAsync(byte[] room, PresenceSeat seat)
    {
        try
        {
            await Take(room).AddAsync(seat);
        }
        catch
        {
            Give(room);
            throw;
        }
    }

    /// <summary>Tells no more when the task has ended.</summary>
    public async ValueTask RemoveAsync(byte[] room, PresenceSeat seat)
    {
        var watch = Take(room);
        await watch.RemoveAsync(seat);
        Give(room);
        Give(room);
    }

    private PresenceWatch Take(byte[] room)
    {
        lock (_change)
        {
            var (watch, users) = _byRoom.TryGetValue(KeyOf(room), out var known) ? known : (new PresenceWatch(mesh, room, clock), 0);
            _byRoom[KeyOf(room)] = (watch, users + 1);
            return watch;
        }
    }

    private void Give(byte[] room)
    {
        lock (_change)
        {
            var (watch, users) = _byRoom[KeyOf(room)];
            if (users == 1) _byRoom.Remove(KeyOf(room));
            else _byRoom[KeyOf(room)] = (watch, users - 1);
        }
    }

    private static string KeyOf(byte[] room) => System.Text.Encoding.Latin1.GetString(room);
}
