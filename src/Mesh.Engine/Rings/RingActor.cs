using Mesh.Engine.Groups;
using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Rings;

/// <summary>A ring: a log whose records have Redis ids, which is trimmed and deleted from by hand, and whose records groups hand out.</summary>
public sealed class RingActor(StreamName name, EngineContext engine) : RingGroups(name, engine), IRing
{
    /// <summary>Entries that one <see cref="IdleClaim"/> looks at, for each that it may claim.</summary>
    private const int LookedFactor = 10;

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(read.RecordsMax, 1, nameof(read));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(read.RecordsMax, GroupLimits.EntriesMax, nameof(read));
        return read.After is null ? DeliverNewAsync(read, cancel) : HoldAsync(read.Group, read.Consumer, idsOnly: false, isHistory: true, Choose, cancel);

        void Choose(ConsumerGroup group, Holding holding)
        {
            if (read.After!.Value.Next() is not { } from || group.Find(read.Consumer) is not { } consumer) return;
            foreach (var entry in GroupViews.EntriesOf(group, consumer, from).Take(read.RecordsMax))
            {
                if (Lives(entry.Sequence)) holding.Add(entry, entry.Deliveries + 1);
                else holding.Missing.Add(entry.Id);
            }
        }
    }

    public async ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default)
    {
        var forced = claim.Force ? await FindAllAsync(claim.Ids, cancel) : [];
        return await HoldAsync(claim.Group, claim.Consumer, claim.IdsOnly, isHistory: false, Choose, cancel);

        void Choose(ConsumerGroup group, Holding holding)
        {
            holding.LastId = claim.LastId;
            holding.At = claim.DeliveredAt is { } at && at < holding.Now && at >= RecordTime.None ? at : holding.Now;
            foreach (var id in claim.Ids)
            {
                var isPending = group.Pending.TryGet(id, out var entry);
                if (isPending && !Lives(entry.Sequence)) holding.Missing.Add(id);
                else if (isPending && IsIdle(entry, claim.IdleMin, holding)) holding.Add(entry, DeliveriesOf(entry.Deliveries));
                else if (!isPending && forced.TryGetValue(id, out var sequence) && Lives(sequence))
                    holding.Add(new PendingEntry(id, sequence, null!, holding.Now, 1), DeliveriesOf(1));
            }
        }

        long DeliveriesOf(long before) => claim.Deliveries ?? (claim.IdsOnly ? before : before + 1);
    }

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(claim.EntriesMax, 1, nameof(claim));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(claim.EntriesMax, GroupLimits.EntriesMax, nameof(claim));
        return HoldAsync(claim.Group, claim.Consumer, claim.IdsOnly, isHistory: false, Choose, cancel);

        void Choose(ConsumerGroup group, Holding holding)
        {
            var left = (long)claim.EntriesMax * LookedFactor;
            foreach (var entry in group.Pending.From(claim.Start))
            {
                holding.Next = entry.Id;
                if (left-- == 0 || holding.Entries.Count + holding.Missing.Count == claim.EntriesMax) return;
                if (!Lives(entry.Sequence)) holding.Missing.Add(entry.Id);
                else if (IsIdle(entry, claim.IdleMin, holding)) holding.Add(entry, claim.IdsOnly ? entry.Deliveries : entry.Deliveries + 1);
            }

            holding.Next = RingId.None;
        }
    }

    private protected override AppendResult? ReadIds(ReadOnlySpan<byte> segment, out ExplicitIds? ids)
    {
        ids = null;
        if (!RingSegment.TryReadIds(segment, out var first, out var last, out var ascends))
            return Log!.HasIdsFor(Segment.CountOf(segment)) ? null : new AppendResult.IdNotGreater(Log.PendingLastId);
        if (!ascends || first <= Log!.PendingLastId) return new AppendResult.IdNotGreater(Log!.PendingLastId);
        ids = new ExplicitIds(first, last);
        return null;
    }

    private static bool IsIdle(in PendingEntry entry, TimeSpan idleMin, Holding holding) => holding.Now.Since(entry.DeliveredAt) >= idleMin;

    private static GroupRecords Nothing(GroupOutcome outcome, RecordPage? page = null) =>
        new(outcome, page ?? RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None), [], [], RingId.None);

    /// <summary>Hands out what comes after the group's last id; in one turn when that is in memory.</summary>
    private async ValueTask<GroupRecords> DeliverNewAsync(GroupRead read, CancellationToken cancel)
    {
        var brought = default(Brought);
        while (true)
        {
            await EnsureOpenAsync(null);
            await LoadPlacesAsync();
            ValueTask<GroupRecords> answer;
            Lack lack;
            lock (Turn)
            {
                if (IsMissing) return Nothing(GroupOutcome.NoStream);
                if (!IsOpen) continue;
                lack = Deliver(read, ref brought, out answer);
            }

            if (lack == Lack.None) return await answer;
            if (lack == Lack.FirstId) await FindFirstAsync(cancel);
            else brought = brought with { Page = await ReadAfterAsync(brought.After, read.RecordsMax, cancel) };
        }
    }

    /// <summary>In a turn.</summary>
    /// <param name="read">What is asked for.</param>
    /// <param name="brought">What was read before the turn; says what to read when it must be.</param>
    /// <param name="answer">Set when nothing is lacking.</param>
    private Lack Deliver(GroupRead read, ref Brought brought, out ValueTask<GroupRecords> answer)
    {
        answer = default;
        if (Groups.Find(read.Group) is not { } group)
        {
            answer = new(Nothing(GroupOutcome.NoGroup));
            return Lack.None;
        }

        Settle();
        var isBrought = brought.Page is not null && brought.Stream == Log!.Number && brought.After == group.LastId;
        var page = isBrought ? Living(brought.Page!) : TryReadNext(group, read.RecordsMax);
        if (page is null || (isBrought && page.Count == 0 && brought.Page!.Count > 0))
        {
            brought = new Brought(Log!.Number, group.LastId, null);
            return Lack.Page;
        }

        var now = Engine.Clock.Now();
        if (page.Count == 0)
        {
            if (group.Find(read.Consumer) is { } known) known.SeenAt = now;
            answer = new(Nothing(GroupOutcome.Done, page));
            return Lack.None;
        }

        if (!TryCount(group.EntriesRead is null || Ledger.MaxDeletedId != RingId.None, out var counts)) return Lack.FirstId;
        if (group.Pending.Count + page.Count > GroupLimits.PendingMax || Groups.Take(group, read.Consumer, now, out _) is not { } consumer)
        {
            answer = new(Nothing(GroupOutcome.Full));
            return Lack.None;
        }

        Groups.Deliver(group, consumer, page, counts, read.IsAcknowledged, now);
        answer = AfterCommit(Nothing(GroupOutcome.Done, page));
        return Lack.None;
    }

    /// <summary>In a turn: the next records of a group, from memory.</summary>
    /// <returns>Null when storage must be asked.</returns>
    private RecordPage? TryReadNext(ConsumerGroup group, int recordsMax)
    {
        var log = Log!;
        if (group.LastId >= log.LastId) return RecordPage.Empty(log.Next, log.ReadableLow, log.High);
        if (group.Next is not { } from) return null;
        var slices = new List<BatchSlice>();
        for (var left = recordsMax; ;)
        {
            if (TryReadHere(new ReadQuery { From = from, RecordsMax = left, BytesMax = (int)RangeBytesMax }) is not { } page) return null;
            var living = Living(page);
            from = page.Next;
            left -= living.Count;
            if (slices.Count == 0 && (living.Count == recordsMax || page.Next > log.High)) return living;
            slices.AddRange(living.Slices);
            if (left == 0 || page.Count == 0 || page.Next > log.High) return new RecordPage(slices, from, page.LowWatermark, page.HighWatermark);
        }
    }

    private ValueTask<RecordPage> ReadAfterAsync(RingId after, int recordsMax, CancellationToken cancel) =>
        RangeAsync(after.Next() ?? RingId.Max, RingId.Max, recordsMax, backwards: false, cancel);

    /// <summary>Makes entries pending with a consumer, and brings their records.</summary>
    /// <param name="groupName">The group.</param>
    /// <param name="consumerName">Who gets them.</param>
    /// <param name="idsOnly">The records are not wanted.</param>
    /// <param name="isHistory">They are the consumer's own: it is created in any case, and entries whose records are gone stay pending.</param>
    /// <param name="choose">In a turn, perhaps several times: chooses them.</param>
    /// <param name="cancel">Ends the call.</param>
    private async ValueTask<GroupRecords> HoldAsync(
        string groupName, string consumerName, bool idsOnly, bool isHistory, Action<ConsumerGroup, Holding> choose, CancellationToken cancel)
    {
        var read = new Dictionary<Sequence, BatchSlice>();
        while (true)
        {
            await EnsureOpenAsync(null);
            await LoadPlacesAsync();
            ValueTask<GroupRecords> held = default;
            List<Sequence> unread;
            StreamNumber stream;
            lock (Turn)
            {
                if (IsMissing) return Nothing(GroupOutcome.NoStream);
                if (!IsOpen) continue;
                if (Groups.Find(groupName) is not { } group) return Nothing(GroupOutcome.NoGroup);
                Settle();
                stream = Log!.Number;
                var holding = new Holding(Engine.Clock.Now());
                choose(group, holding);
                unread = idsOnly ? [] : [.. holding.Entries.Select(entry => entry.Sequence).Where(sequence => !read.ContainsKey(sequence)).Distinct()];
                if (unread.Count == 0) held = Hold(group, consumerName, holding, idsOnly ? null : read, isHistory);
            }

            if (unread.Count == 0) return await held;
            var picked = await PickAsync(stream, unread, RangeBytesMax, cancel);
            foreach (var sequence in unread) read[sequence] = default;
            foreach (var slice in picked.Slices) read[BatchHeader.Read(slice.Batch.Span).First.Plus(slice.Index)] = slice;
        }
    }

    private ValueTask<GroupRecords> Hold(ConsumerGroup group, string consumerName, Holding holding, Dictionary<Sequence, BatchSlice>? read, bool isHistory)
    {
        var slices = read is null ? [] : holding.Take(read);
        var (isNew, moves) = (false, holding.LastId > group.LastId);
        if (isHistory || holding.Entries.Count > 0)
        {
            if (group.Pending.Count + holding.Entries.Count > GroupLimits.PendingMax || Groups.Take(group, consumerName, holding.Now, out isNew) is not { } consumer)
                return new(Nothing(GroupOutcome.Full));
            Groups.Hold(group, consumer, holding.Entries, holding.At);
        }

        if (moves) Groups.Move(group, holding.LastId, next: null, group.EntriesRead);
        if (!isHistory) Groups.Release(group, holding.Missing);
        var answer = new GroupRecords(
            GroupOutcome.Done,
            new RecordPage(slices, Log!.Next, Log.ReadableLow, Log.High),
            holding.Entries.ConvertAll(entry => entry.Id),
            holding.Missing,
            holding.Next);
        var isChanged = isNew || moves || holding.Entries.Count > 0 || (!isHistory && holding.Missing.Count > 0);
        return isChanged ? AfterCommit(answer) : new(answer);
    }

    private async ValueTask<Dictionary<RingId, Sequence>> FindAllAsync(IReadOnlyList<RingId> ids, CancellationToken cancel)
    {
        var found = new Dictionary<RingId, Sequence>();
        foreach (var id in ids)
            if (await FindAsync(id, cancel) is { } sequence) found[id] = sequence;
        return found;
    }

    /// <summary>What must be read before a turn can hand records out.</summary>
    private enum Lack
    {
        None,
        Page,
        FirstId,
    }

    /// <summary>Records read between turns.</summary>
    /// <param name="Stream">The ring they are of.</param>
    /// <param name="After">The group's last id that they follow.</param>
    /// <param name="Page">The records; null when they are still to be read.</param>
    private readonly record struct Brought(StreamNumber Stream, RingId After, RecordPage? Page);
}
