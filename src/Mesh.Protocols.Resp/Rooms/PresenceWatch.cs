namespace Mesh.Protocols.Resp.Rooms;

/// <summary>
/// Tells who comes to one room and who leaves it, for as long as somebody wants to know: it looks at the list of members once a second and compares. So it hears
/// of members of every process, and of those of a process that was killed; who comes and goes between two looks, it does not. Thread-safe.
/// </summary>
internal sealed class PresenceWatch(IMesh mesh, byte[] room, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<PresenceSeat> _seats = [];
    private Dictionary<(long, string), RoomMember> _known = [];
    private CancellationTokenSource? _stop;

    /// <summary>Tells of changes from now on.</summary>
    public async ValueTask AddAsync(PresenceSeat seat)
    {
        await _turn.WaitAsync();
        try
        {
            if (_seats.Count == 0)
            {
                _known = ByKey(await mesh.Rooms.MembersAsync(room));
                _stop = new CancellationTokenSource();
                _ = LookAsync(_stop.Token);
            }

            _seats.Add(seat);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tells no more when the task has ended.</summary>
    public async ValueTask RemoveAsync(PresenceSeat seat)
    {
        await _turn.WaitAsync();
        try
        {
            if (!_seats.Remove(seat) || _seats.Count > 0) return;
            await _stop!.CancelAsync();
            _stop.Dispose();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await CompareAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know.
        }
    }

    private async Task CompareAsync(CancellationToken stop)
    {
        Dictionary<(long, string), RoomMember> now;
        try
        {
            now = ByKey(await mesh.Rooms.MembersAsync(room));
        }
        catch (Exception reason) when (ErrorMap.Of(reason) is not null)
        {
            return; // asked again at the next tick
        }

        await _turn.WaitAsync(stop);
        try
        {
            if (stop.IsCancellationRequested) return;
            foreach (var (key, member) in _known)
                if (!now.ContainsKey(key)) Tell("left", member, now.Count);
            foreach (var (key, member) in now)
                if (!_known.ContainsKey(key)) Tell("joined", member, now.Count);
            _known = now;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Tell(string change, RoomMember member, int members)
    {
        var message = PresenceMessage.Encode(change, member, members);
        foreach (var seat in _seats) seat.Push(message);
    }

    private static Dictionary<(long, string), RoomMember> ByKey(IReadOnlyList<RoomMember> members)
    {
        var byKey = new Dictionary<(long, string), RoomMember>();
        foreach (var member in members) byKey[(member.Id, member.Address)] = member;
        return byKey;
    }
}
