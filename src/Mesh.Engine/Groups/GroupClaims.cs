using System.Buffers;
using Mesh.Engine.Claims;

namespace Mesh.Engine.Groups;

/// <summary>
/// The claims of all groups of one stream: which pending entries are held until when. Each change is written down for the journal as it is made; that a claim's
/// time is up is not, for it follows from the time. Not thread-safe: the owning actor runs one turn at a time.
/// </summary>
/// <param name="table">The groups.</param>
/// <param name="writer">Takes the bytes of each change.</param>
internal sealed class GroupClaims(GroupTable table, ChangeWriter writer)
{
    /// <summary>Ends that no longer count, beyond as many as there are claims, before the list of them is made anew.</summary>
    private const int Slack = 1024;

    private readonly GroupClaimJournal _journal = new(writer);
    private readonly PriorityQueue<GroupHold, long> _ends = new();
    private readonly List<ClaimedRun> _runs = [];
    private int _staleAt = Slack;

    /// <summary>When the next claim's time is up, or an earlier time; the greatest time when there is none.</summary>
    public RecordTime NextEnd => _ends.TryPeek(out _, out var at) ? new RecordTime(at) : RecordTime.Max;

    /// <summary>Rises whenever entries are free again.</summary>
    public long Freed { get; private set; }

    /// <summary>There is something to be written in a snapshot.</summary>
    public bool HasAny => GroupClaimSnapshot.IsDue(table.All);

    /// <summary>Ends claims whose time is up.</summary>
    public void Advance(RecordTime now)
    {
        while (_ends.TryPeek(out var hold, out var at) && at <= now.Micros)
        {
            _ends.Dequeue();
            if (hold.EndsAt <= now && IsCurrent(hold)) Free(hold, hold.Entries.ConvertAll(entry => entry.Id));
        }
    }

    /// <summary>Makes a claim of entries that are free, and of new records, over which the group moves.</summary>
    /// <param name="group">The group.</param>
    /// <param name="consumer">Who gets them.</param>
    /// <param name="hold">The claim.</param>
    /// <param name="again">Entries handed out before.</param>
    /// <param name="page">The next records of the group that are not pending.</param>
    /// <param name="counts">How the group counts.</param>
    public void Claim(ConsumerGroup group, GroupConsumer consumer, GroupHold hold, List<PendingEntry> again, RecordPage page, in ReadCounts counts)
    {
        _runs.Clear();
        foreach (var entry in again) Take(group, hold, entry with { Consumer = consumer, DeliveredAt = hold.At, Deliveries = entry.Deliveries + 1, Hold = hold });
        foreach (var record in page)
        {
            var id = table.IdOf(record);
            group.MoveTo(id, record.Sequence.Next());
            group.EntriesRead = counts.After(id, group.EntriesRead);
            Take(group, hold, new PendingEntry(id, record.Sequence, consumer, hold.At, 1) { Hold = hold });
        }

        consumer.ActiveAt = hold.At;
        _journal.Claimed(group, consumer, hold, _runs);
        AwaitEnd(hold);
    }

    /// <summary>Counts the time of a live claim anew.</summary>
    public void Extend(GroupHold hold, RecordTime now, TimeSpan visibilityTimeout)
    {
        hold.Extend(now, visibilityTimeout);
        _journal.Extended(hold);
        AwaitEnd(hold);
    }

    /// <summary>Gives entries back, or all.</summary>
    /// <returns>How many the claim held.</returns>
    public int Release(GroupHold hold, IReadOnlyList<Sequence>? sequences, bool isCounted)
    {
        var chosen = sequences?.ToHashSet();
        var ids = hold.Entries.Where(entry => chosen is null || chosen.Contains(entry.Sequence)).Select(entry => entry.Id).Where(hold.Holds).Distinct().ToList();
        if (ids.Count == 0) return 0;
        _journal.Released(hold, ids, isCounted);
        Free(hold, ids, isCounted);
        return ids.Count;
    }

    public void SetOptions(ConsumerGroup group, GroupOptions options)
    {
        group.Options = options;
        _journal.Options(group);
    }

    /// <summary>Takes free entries out of everybody's reach while they are moved to the dead letters.</summary>
    /// <param name="group">The group.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="now">The clock.</param>
    public void Bury(ConsumerGroup group, IEnumerable<PendingEntry> entries, RecordTime now)
    {
        foreach (var entry in entries) group.Hold(entry with { Hold = GroupHold.Dying });
        if (group.MoverNumber != 0) return;

        // No two groups of a stream begin to move at one time, whatever became of the one before.
        group.MoverNumber = now.Micros;
        foreach (var other in table.All)
            if (other != group && other.MoverNumber >= group.MoverNumber) group.MoverNumber = other.MoverNumber + 1;
        _journal.Options(group);
    }

    /// <summary>The entry was not moved: the next claim tries it again.</summary>
    public void Exhume(ConsumerGroup group, RingId id)
    {
        if (!group.Pending.TryGet(id, out var entry) || entry.Hold != GroupHold.Dying) return;
        group.Hold(entry with { Hold = GroupHold.Free });
        Freed++;
    }

    public void Apply(ReadOnlySpan<byte> change) => GroupClaimJournal.Apply(change, table);

    public void WriteSnapshot(IBufferWriter<byte> target) => GroupClaimSnapshot.Write(target, [.. table.All]);

    public void ReadSnapshot(ReadOnlySpan<byte> source) => GroupClaimSnapshot.Read(source, table);

    /// <summary>For recovery: the end of a claim is waited for.</summary>
    internal void AwaitEnd(GroupHold hold)
    {
        _ends.Enqueue(hold, hold.EndsAt.Micros);
        if (_ends.Count <= _staleAt) return;
        _ends.Clear();
        foreach (var group in table.All)
            foreach (var live in group.Claims.Values) _ends.Enqueue(live, live.EndsAt.Micros);
        _staleAt = (2 * _ends.Count) + Slack;
    }

    /// <summary>For recovery too: entries of a claim are free.</summary>
    internal void Free(GroupHold hold, List<RingId> ids, bool isCounted = true)
    {
        foreach (var id in ids)
        {
            if (!hold.Group!.Pending.TryGet(id, out var entry) || entry.Hold != hold) continue;
            hold.Group.Hold(entry with { Hold = GroupHold.Free, Deliveries = entry.Deliveries - (isCounted ? 0 : 1) });
        }

        Freed++;
    }

    private bool IsCurrent(GroupHold hold) => table.Find(hold.Group!.Number) == hold.Group && hold.Group.Claims.GetValueOrDefault(hold.Id) == hold;

    private void Take(ConsumerGroup group, GroupHold hold, in PendingEntry entry)
    {
        group.Hold(entry);
        hold.Entries.Add((entry.Id, entry.Sequence));
        if (_runs.Count > 0 && _runs[^1].IsFollowedBy(entry, table.HasSequenceIds)) _runs[^1] = _runs[^1] with { Count = _runs[^1].Count + 1 };
        else _runs.Add(new ClaimedRun(entry.Id, entry.Sequence, 1, entry.Deliveries));
    }
}

/// <summary>Records of a claim whose sequences and ids follow one another, handed out equally often.</summary>
internal readonly record struct ClaimedRun(RingId First, Sequence Sequence, int Count, long Deliveries)
{
    public bool IsFollowedBy(in PendingEntry entry, bool hasSequenceIds) =>
        entry.Deliveries == Deliveries && entry.Sequence == Sequence.Plus(Count) && entry.Id == IdAt(Count, hasSequenceIds);

    /// <summary>The id so many places after the first.</summary>
    public RingId IdAt(int index, bool hasSequenceIds) =>
        hasSequenceIds ? First with { Milliseconds = First.Milliseconds + (ulong)index } : First with { Number = unchecked(First.Number + (ulong)index) };
}
