using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>Hands records of a stream to the consumers of its groups without a limit in time, as Redis does. What live claims hold is left to them.</summary>
/// <param name="source">The stream.</param>
/// <param name="groups">Its groups.</param>
/// <param name="reads">Reads new records.</param>
internal sealed class GroupDelivery(IGroupSource source, StreamGroups groups, GroupReads reads)
{
    /// <summary>Entries that one <see cref="IdleClaim"/> looks at, for each that it may claim.</summary>
    private const int LookedFactor = 10;

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(read.RecordsMax, 1, nameof(read));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(read.RecordsMax, GroupLimits.EntriesMax, nameof(read));
        return read.After is null ? DeliverNewAsync(read, cancel) : HoldAsync(read.Group, read.Consumer, idsOnly: false, isHistory: true, Choose, cancel);

        void Choose(ConsumerGroup group, Holding holding)
        {
            if (read.After!.Value.Next() is not { } from || group.Find(read.Consumer) is not { } consumer) return;
            foreach (var entry in GroupViews.EntriesOf(group, consumer, from).Where(entry => !entry.IsHeld).Take(read.RecordsMax))
            {
                if (source.Lives(entry.Sequence)) holding.Add(entry, entry.Deliveries + 1);
                else holding.Missing.Add(entry.Id);
            }
        }
    }

    public async ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel)
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
                if (isPending && !source.Lives(entry.Sequence)) holding.Missing.Add(id);
                else if (isPending && IsIdle(entry, claim.IdleMin, holding)) holding.Add(entry, DeliveriesOf(entry.Deliveries));
                else if (!isPending && forced.TryGetValue(id, out var sequence) && source.Lives(sequence))
                    holding.Add(new PendingEntry(id, sequence, null!, holding.Now, 1), DeliveriesOf(1));
            }
        }

        long DeliveriesOf(long before) => claim.Deliveries ?? (claim.IdsOnly ? before : before + 1);
    }

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel)
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
                if (!source.Lives(entry.Sequence)) holding.Missing.Add(entry.Id);
                else if (IsIdle(entry, claim.IdleMin, holding)) holding.Add(entry, claim.IdsOnly ? entry.Deliveries : entry.Deliveries + 1);
            }

            holding.Next = RingId.None;
        }
    }

    private static bool IsIdle(in PendingEntry entry, TimeSpan idleMin, Holding holding) => !entry.IsHeld && holding.Now.Since(entry.DeliveredAt) >= idleMin;

    private static GroupRecords Nothing(GroupOutcome outcome, RecordPage? page = null) =>
        new(outcome, page ?? RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None), [], [], RingId.None);

    /// <summary>Hands out what comes after the group's last id; in one turn when that is in memory.</summary>
    private async ValueTask<GroupRecords> DeliverNewAsync(GroupRead read, CancellationToken cancel)
    {
        var brought = default(BroughtPage);
        while (true)
        {
            await source.EnsureOpenAsync();
            await source.LoadPlacesAsync();
            ValueTask<GroupRecords> answer;
            Lack lack;
            lock (source.Turn)
            {
                if (source.IsMissing) return Nothing(GroupOutcome.NoStream);
                if (!source.IsOpen) continue;
                lack = Deliver(read, ref brought, out answer);
            }

            if (lack == Lack.None) return await answer;
            if (lack == Lack.FirstId) await source.FindFirstAsync(cancel);
            if (lack == Lack.Page) brought = await reads.BringAsync(brought, read.RecordsMax, cancel);
        }
    }

    /// <summary>In a turn.</summary>
    /// <param name="read">What is asked for.</param>
    /// <param name="brought">What was read before the turn; says what to read when it must be.</param>
    /// <param name="answer">Set when nothing is lacking.</param>
    private Lack Deliver(GroupRead read, ref BroughtPage brought, out ValueTask<GroupRecords> answer)
    {
        answer = default;
        if (groups.Table.Find(read.Group) is not { } group)
        {
            answer = new(Nothing(GroupOutcome.NoGroup));
            return Lack.None;
        }

        var now = source.Engine.Clock.Now();
        groups.Advance(now);
        source.Settle();
        if (reads.TryReadNext(group, read.RecordsMax, ref brought) is not { } page) return Lack.Page;
        if (page.Count == 0)
        {
            if (group.Find(read.Consumer) is { } known) known.SeenAt = now;
            answer = new(Nothing(GroupOutcome.Done, page));
            return Lack.None;
        }

        var unheld = GroupReads.Unheld(page, groups.Table, group, isHeldOnly: true);
        if (unheld.Count == 0)
        {
            groups.Table.MoveBehind(group, page);
            return Lack.Turn;
        }

        page = unheld;
        if (!source.TryCount(group.EntriesRead is null || source.MaxDeletedId != RingId.None, out var counts)) return Lack.FirstId;
        if (group.Pending.Count + page.Count > GroupLimits.PendingMax || groups.Table.Take(group, read.Consumer, now, out _) is not { } consumer)
        {
            answer = new(Nothing(GroupOutcome.Full));
            return Lack.None;
        }

        groups.Table.Deliver(group, consumer, page, counts, read.IsAcknowledged, now);
        answer = source.AfterCommit(Nothing(GroupOutcome.Done, page));
        return Lack.None;
    }

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
            await source.EnsureOpenAsync();
            await source.LoadPlacesAsync();
            ValueTask<GroupRecords> held = default;
            List<Sequence> unread;
            StreamNumber stream;
            lock (source.Turn)
            {
                if (source.IsMissing) return Nothing(GroupOutcome.NoStream);
                if (!source.IsOpen) continue;
                if (groups.Table.Find(groupName) is not { } group) return Nothing(GroupOutcome.NoGroup);
                var holding = new Holding(source.Engine.Clock.Now());
                groups.Advance(holding.Now);
                source.Settle();
                stream = source.Log!.Number;
                choose(group, holding);
                unread = idsOnly ? [] : [.. holding.Entries.Select(entry => entry.Sequence).Where(sequence => !read.ContainsKey(sequence)).Distinct()];
                if (unread.Count == 0) held = Hold(group, consumerName, holding, idsOnly ? null : read, isHistory);
            }

            if (unread.Count == 0) return await held;
            var picked = await source.PickAsync(stream, unread, GroupReads.BytesMax, cancel);
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
            if (group.Pending.Count + holding.Entries.Count > GroupLimits.PendingMax || groups.Table.Take(group, consumerName, holding.Now, out isNew) is not { } consumer)
                return new(Nothing(GroupOutcome.Full));
            groups.Table.Hold(group, consumer, holding.Entries, holding.At);
        }

        if (moves) groups.Table.Move(group, holding.LastId, next: null, group.EntriesRead);
        if (!isHistory) groups.Table.Release(group, holding.Missing);
        var answer = new GroupRecords(
            GroupOutcome.Done,
            new RecordPage(slices, source.Log!.Next, source.Log.ReadableLow, source.Log.High),
            holding.Entries.ConvertAll(entry => entry.Id),
            holding.Missing,
            holding.Next);
        var isChanged = isNew || moves || holding.Entries.Count > 0 || (!isHistory && holding.Missing.Count > 0);
        return isChanged ? source.AfterCommit(answer) : new(answer);
    }

    private async ValueTask<Dictionary<RingId, Sequence>> FindAllAsync(IReadOnlyList<RingId> ids, CancellationToken cancel)
    {
        var found = new Dictionary<RingId, Sequence>();
        foreach (var id in ids)
            if (await source.FindAsync(id, cancel) is { } sequence) found[id] = sequence;
        return found;
    }

    /// <summary>What must be read before a turn can hand records out.</summary>
    private enum Lack
    {
        None,
        Page,
        FirstId,

        /// <summary>Nothing, but another turn.</summary>
        Turn,
    }
}
