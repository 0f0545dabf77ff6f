namespace Mesh.Protocols.Resp.Nodes;

/// <summary>
/// How busy each slot is at one door: messages published there and pushed from there, over a window that decays, and names subscribed to. Thread-safe; of messages counted on several
/// threads at once a few may be missed, for counting is on the road of each.
/// </summary>
internal sealed class SlotMeter
{
    /// <summary>Slots that a report names at most: the busiest.</summary>
    public const int ReportedMax = 64;

    /// <summary>Half of what is known of a slot is from the last so long.</summary>
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(2);

    /// <summary>Less is not worth a move.</summary>
    private const double ScoreMin = 50;

    private readonly Lock _change = new();
    private readonly int[] _messages = new int[RoomSlot.Count];
    private readonly int[] _subscriptions = new int[RoomSlot.Count];
    private readonly int[] _seen = new int[RoomSlot.Count];
    private readonly double[] _perSecond = new double[RoomSlot.Count];

    public void CountMessage(int slot) => _messages[slot]++;

    /// <param name="room">The name that is subscribed to.</param>
    /// <param name="by">1, or -1 when it is no more.</param>
    public void CountSubscription(ReadOnlySpan<byte> room, int by) => Interlocked.Add(ref _subscriptions[RoomSlot.Of(room)], by);

    /// <summary>The busiest slots, busiest first.</summary>
    /// <param name="since">The last time; above zero.</param>
    public IReadOnlyList<SlotLoad> Take(TimeSpan since)
    {
        var kept = Math.Pow(0.5, since / HalfLife);
        var busy = new PriorityQueue<SlotLoad, double>();
        lock (_change)
        {
            for (var slot = 0; slot < RoomSlot.Count; slot++)
            {
                var messages = Volatile.Read(ref _messages[slot]);
                _perSecond[slot] = (_perSecond[slot] * kept) + (unchecked(messages - _seen[slot]) / since.TotalSeconds * (1 - kept));
                _seen[slot] = messages;
                var score = _perSecond[slot] + Volatile.Read(ref _subscriptions[slot]);
                if (score < ScoreMin) continue;
                busy.Enqueue(new SlotLoad(slot, score), score);
                if (busy.Count > ReportedMax) busy.Dequeue();
            }
        }

        var loads = new SlotLoad[busy.Count];
        while (busy.TryDequeue(out var load, out _)) loads[busy.Count] = load;
        return loads;
    }
}
