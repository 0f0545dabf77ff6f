namespace Mesh.Engine.Tests.Groups;

/// <summary>A log with groups and their claims as plain lists: what each group handed out, who has it until when, and what was acknowledged.</summary>
internal sealed class ClaimModel
{
    /// <summary>Bodies and keys by sequence, from 1.</summary>
    public List<(string Body, string Key)> Records { get; } = [];

    /// <summary>The oldest record that retention keeps.</summary>
    public long Low { get; set; } = 1;

    public SortedDictionary<string, Group> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Sequences in the queue for dead letters with the groups that moved them, in order.</summary>
    public List<(string Group, long Sequence)> Letters { get; } = [];

    public void Append(IEnumerable<(string Body, string Key)> records, int? keep)
    {
        Records.AddRange(records);
        if (keep is { } count) Low = Math.Max(Low, Records.Count - count + 1);
    }

    /// <summary>Claims as a group should: ended ones first, then new ones.</summary>
    /// <param name="name">The group.</param>
    /// <param name="claim">The claim's name.</param>
    /// <param name="consumer">Who gets them.</param>
    /// <param name="max">As asked for.</param>
    /// <param name="found">So many are enough: beside records that others hold, or of other keys, fewer may come than there are, but never none.</param>
    /// <param name="now">The clock.</param>
    /// <param name="timeout">For how long.</param>
    /// <returns>Sequences with their delivery counts.</returns>
    public List<(long Sequence, long Deliveries)> Claim(string name, Guid claim, string consumer, int max, int found, RecordTime now, TimeSpan timeout)
    {
        var group = Groups[name];
        group.End(now);
        var claimed = new List<(long, long)>();
        var dying = new List<long>();
        foreach (var (sequence, entry) in group.Pending.ToList())
        {
            if (claimed.Count == max) break;
            if (!entry.IsFree) continue;
            if (sequence < Low)
            {
                group.Pending.Remove(sequence);
                continue;
            }

            if (entry.Deliveries >= group.DeliveriesMax)
            {
                dying.Add(sequence);
                Letters.Add((name, sequence));
                continue;
            }

            Take(sequence, entry.Deliveries + 1);
        }

        for (var next = Math.Max(group.Next, Low); next <= Records.Count && claimed.Count < (found > 0 ? found : max); next++)
        {
            group.Next = next + 1;
            if (group.Pending.ContainsKey(next) || (group.Key is { } key && Records[(int)next - 1].Key != key)) continue;
            Take(next, 1);
        }

        // Until then they are pending, so that a group that was moved back does not meet them as new ones.
        foreach (var sequence in dying) group.Pending.Remove(sequence);
        return claimed;

        void Take(long sequence, long deliveries)
        {
            group.Pending[sequence] = new Entry(consumer, claim, now.Plus(timeout), deliveries);
            claimed.Add((sequence, deliveries));
        }
    }

    public GroupAck Ack(string name, Guid claim, long sequence, RecordTime now)
    {
        var group = Groups[name];
        group.End(now);
        var isHeld = group.Pending.TryGetValue(sequence, out var entry) && entry.Claim == claim;
        var isPending = group.Pending.ContainsKey(sequence);
        if (isHeld) group.Pending.Remove(sequence);
        if (sequence < Low) return GroupAck.Gone;
        if (isHeld) return GroupAck.Acknowledged;
        if (isPending) return GroupAck.ClaimExpired;
        return sequence >= group.Next ? GroupAck.NotDelivered : GroupAck.Acknowledged;
    }

    public sealed class Group
    {
        public long Next { get; set; } = 1;

        public string? Key { get; init; }

        public long DeliveriesMax { get; set; } = long.MaxValue;

        public SortedDictionary<long, Entry> Pending { get; } = [];

        /// <summary>Ends claims whose time is up.</summary>
        public void End(RecordTime now)
        {
            foreach (var (sequence, entry) in Pending.ToList())
                if (entry.Claim is not null && entry.EndsAt <= now) Pending[sequence] = entry with { Claim = null };
        }

        public List<long> HeldBy(Guid claim) => [.. Pending.Where(entry => entry.Value.Claim == claim).Select(entry => entry.Key)];
    }

    /// <param name="Consumer">Who had it last.</param>
    /// <param name="Claim">The live claim; null when it is free.</param>
    /// <param name="EndsAt">When the claim ends.</param>
    /// <param name="Deliveries">How often it was claimed.</param>
    public sealed record Entry(string Consumer, Guid? Claim, RecordTime EndsAt, long Deliveries)
    {
        public bool IsFree => Claim is null;
    }
}
