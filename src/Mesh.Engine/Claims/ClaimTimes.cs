namespace Mesh.Engine.Claims;

/// <summary>
/// What happens to the entries and claims of a <see cref="ClaimTable"/> when their time comes. What is taken back stays in here until its time, which may be
/// days, so the table makes these lists anew when they hold more of that than of what still counts. Not thread-safe.
/// </summary>
internal sealed class ClaimTimes
{
    private const int Slack = 1024;

    private readonly PriorityQueue<ClaimEntry, long> _due = new();
    private readonly PriorityQueue<ClaimEntry, long> _expiries = new();
    private readonly PriorityQueue<LiveClaim, long> _ends = new();

    /// <summary>Times that are waited for.</summary>
    public int Count => _due.Count + _expiries.Count + _ends.Count;

    /// <summary>No entry is due and no claim ends before; the greatest time when nothing is waited for.</summary>
    public RecordTime NextFree
    {
        get
        {
            var due = _due.TryPeek(out _, out var first) ? first : long.MaxValue;
            var end = _ends.TryPeek(out _, out first) ? first : long.MaxValue;
            return Math.Min(due, end) is < long.MaxValue and var next ? new RecordTime(next) : RecordTime.Max;
        }
    }

    /// <summary>The entry is free from the time on at which it is visible.</summary>
    public void AwaitDue(ClaimEntry entry) => _due.Enqueue(entry, entry.VisibleAt.Micros);

    public void AwaitExpiry(ClaimEntry entry)
    {
        if (entry.ExpiresAt < RecordTime.Max) _expiries.Enqueue(entry, entry.ExpiresAt.Micros);
    }

    public void AwaitEnd(LiveClaim claim) => _ends.Enqueue(claim, claim.EndsAt.Micros);

    public bool TryTakeDue(RecordTime now, out ClaimEntry entry) => TryTake(_due, now, out entry);

    public bool TryTakeExpired(RecordTime now, out ClaimEntry entry) => TryTake(_expiries, now, out entry);

    public bool TryTakeEnded(RecordTime now, out LiveClaim claim) => TryTake(_ends, now, out claim);

    /// <summary>More is waited for than so many entries and claims can need.</summary>
    public bool IsStale(int entries, int claims) => _due.Count + _expiries.Count > (3 * entries) + Slack || _ends.Count > (2 * claims) + Slack;

    public void Clear()
    {
        _due.Clear();
        _expiries.Clear();
        _ends.Clear();
    }

    private static bool TryTake<T>(PriorityQueue<T, long> waiting, RecordTime now, out T item) =>
        waiting.TryPeek(out item!, out var at) && at <= now.Micros && waiting.TryDequeue(out item!, out _);
}
