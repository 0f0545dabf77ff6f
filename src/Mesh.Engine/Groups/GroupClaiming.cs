using Mesh.Engine.Claims;
using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>Claims records of a stream for the consumers of its groups. Every change is answered when it is durable.</summary>
/// <param name="source">The stream.</param>
/// <param name="groups">Its groups.</param>
/// <param name="reads">Reads new records.</param>
internal sealed class GroupClaiming(IGroupSource source, StreamGroups groups, GroupReads reads)
{
    private readonly GroupDeadLetters _deadLetters = new(source, groups);

    public async ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(claim.RecordsMax, 1, nameof(claim));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(claim.RecordsMax, GroupLimits.ClaimRecordsMax, nameof(claim));
        CheckTimeout(claim.VisibilityTimeout);
        var named = claim with { Id = claim.Id ?? new ClaimId(Guid.NewGuid()) };
        var since = source.Engine.Clock.Source.GetTimestamp();
        while (true)
        {
            var (answer, seen) = await TryClaimAsync(named, cancel);
            if (answer.Outcome != GroupOutcome.Done || answer.Id is not null) return answer;
            var left = claim.Wait == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : claim.Wait - source.Engine.Clock.Source.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) return answer;
            await WaitAsync(seen, left, cancel);
        }
    }

    public async ValueTask<ClaimedRecords> FindAsync(string group, ClaimId claim, CancellationToken cancel)
    {
        var read = new Dictionary<Sequence, BatchSlice>();
        while (true)
        {
            await source.EnsureOpenAsync();
            await source.LoadPlacesAsync();
            ClaimChoice choice;
            ValueTask<ClaimedRecords> answer = default;
            lock (source.Turn)
            {
                choice = new ClaimChoice(source.Log?.Number ?? default, source.Engine.Clock.Now());
                if (source.IsMissing) return Nothing(GroupOutcome.NoStream, choice.Now);
                if (!source.IsOpen) continue;
                groups.Advance(choice.Now);
                if (groups.Table.Find(group) is not { } found) return Nothing(GroupOutcome.NoGroup, choice.Now);
                if (!found.Claims.TryGetValue(claim, out var live)) return Nothing(GroupOutcome.ClaimExpired, choice.Now);
                choice.TakeHeld(live, source, read);
                if (choice.Unread.Count == 0) answer = source.AfterCommit(ToAnswer(live, choice, Empty()));
            }

            if (choice.Unread.Count == 0) return await answer;
            await BringAsync(choice, read, cancel);
        }
    }

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout)
    {
        CheckTimeout(visibilityTimeout);
        return groups.ChangeAsync(group, (found, now) =>
        {
            if (!found.Claims.TryGetValue(claim, out var live)) return new(GroupOutcome.ClaimExpired);
            groups.Table.Claims.Extend(live, now, visibilityTimeout);
            return new(GroupOutcome.Done, live.Count);
        });
    }

    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release) => groups.ChangeAsync(
        release.Group,
        (found, _) => new(GroupOutcome.Done, found.Claims.TryGetValue(release.Claim, out var live) ? groups.Table.Claims.Release(live, release.Sequences, release.IsCounted) : 0));

    public async ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequences.Count, GroupLimits.EntriesMax, nameof(sequences));
        while (true)
        {
            await source.EnsureOpenAsync();
            await source.LoadPlacesAsync();
            var place = await groups.LookUpPlaceAsync(group, cancel);
            ValueTask<GroupAcks> acknowledged;
            lock (source.Turn)
            {
                if (source.IsMissing) return new GroupAcks(GroupOutcome.NoStream, []);
                if (!source.IsOpen) continue;
                if (groups.Table.Find(group) is not { } found) return new GroupAcks(GroupOutcome.NoGroup, []);
                if (place is not var (last, next) || last != found.LastId) continue;
                groups.Advance(source.Engine.Clock.Now());
                source.Settle();
                acknowledged = source.AfterCommit(new GroupAcks(GroupOutcome.Done, Acknowledge(found, claim, sequences, next)));
            }

            return await acknowledged;
        }
    }

    private static void CheckTimeout(TimeSpan visibilityTimeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visibilityTimeout, TimeSpan.FromMicroseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(visibilityTimeout, GroupLimits.TermMax);
    }

    private static RecordPage Empty() => RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None);

    private static ClaimedRecords Nothing(GroupOutcome outcome, RecordTime now) => new(outcome, null, Empty(), [], now, now, now);

    /// <summary>In a turn.</summary>
    private GroupAck[] Acknowledge(ConsumerGroup group, ClaimId claim, IReadOnlyList<Sequence> sequences, Sequence next)
    {
        var live = group.Claims.GetValueOrDefault(claim);
        var results = new GroupAck[sequences.Count];
        var done = new List<RingId>();
        for (var i = 0; i < results.Length; i++)
        {
            var sequence = sequences[i];
            var id = live?.Find(sequence);
            if (id is { } held) done.Add(held);
            results[i] = !source.Lives(sequence) && sequence <= source.Log!.High ? GroupAck.Gone
                : id is not null ? GroupAck.Acknowledged
                : sequence >= next && !IsPending(group, sequence) ? GroupAck.NotDelivered
                : IsPending(group, sequence) ? GroupAck.ClaimExpired : GroupAck.Acknowledged;
        }

        groups.Table.Release(group, done);
        return results;
    }

    /// <summary>In a turn: the record is pending, whoever has it.</summary>
    private bool IsPending(ConsumerGroup group, Sequence sequence)
    {
        if (source.HasSequenceIds) return group.Pending.TryGet(new RingId((ulong)sequence.Value, 0), out _);
        return source.HasAscendingIds
            ? group.Pending.TryFind(entry => entry.Sequence.CompareTo(sequence), out _)
            : group.Pending.From(RingId.None).Any(entry => entry.Sequence == sequence);
    }

    /// <returns>The answer, and what to wait from when there is nothing.</returns>
    private async ValueTask<(ClaimedRecords Answer, long Seen)> TryClaimAsync(GroupClaim claim, CancellationToken cancel)
    {
        var read = new Dictionary<Sequence, BatchSlice>();
        var brought = default(BroughtPage);
        while (true)
        {
            await source.EnsureOpenAsync();
            await source.LoadPlacesAsync();
            ClaimChoice choice;
            ValueTask<ClaimedRecords> answer;
            long seen;
            lock (source.Turn)
            {
                choice = new ClaimChoice(source.Log?.Number ?? default, source.Engine.Clock.Now());
                if (source.IsMissing) return (Nothing(GroupOutcome.NoStream, choice.Now), 0);
                if (!source.IsOpen) continue;
                groups.Advance(choice.Now);
                source.Settle();
                seen = groups.Changes.Count;
                Choose(claim, choice, read, ref brought, out answer);
            }

            switch (choice.Lack)
            {
                case ClaimLack.FirstId:
                    await source.FindFirstAsync(cancel);
                    break;
                case ClaimLack.Records:
                    await BringAsync(choice, read, cancel);
                    break;
                case ClaimLack.Page:
                    brought = await reads.BringAsync(brought, claim.RecordsMax, cancel);
                    break;
                case ClaimLack.Turn:
                    break;
                default:
                    var claimed = await answer;
                    if (choice.Dying.Count > 0) await _deadLetters.MoveAsync(choice.Group!, choice.Dying, choice.Stream, choice.Now, mayFail: claimed.Id is not null, cancel);
                    return (claimed, seen);
            }
        }
    }

    /// <summary>In a turn: claims what there is, unless something must be read first.</summary>
    private void Choose(GroupClaim claim, ClaimChoice choice, Dictionary<Sequence, BatchSlice> read, ref BroughtPage brought, out ValueTask<ClaimedRecords> answer)
    {
        answer = default;
        if (groups.Table.Find(claim.Group) is not { } group)
        {
            answer = new(Nothing(GroupOutcome.NoGroup, choice.Now));
            return;
        }

        if (group.Claims.TryGetValue(claim.Id!.Value, out var made))
        {
            choice.TakeHeld(made, source, read);
            if (choice.Unread.Count == 0) answer = source.AfterCommit(ToAnswer(made, choice, Empty()));
            return;
        }

        choice.Group = group;
        groups.Table.Release(group, choice.TakeFree(group, claim.RecordsMax, _deadLetters.ClaimsMax(group), source, read));
        if (choice.Lack != ClaimLack.None) return;
        var page = Empty();
        if (choice.Entries.Count < claim.RecordsMax && !choice.IsFull)
        {
            if (reads.TryReadNext(group, claim.RecordsMax, ref brought) is not { } next)
            {
                choice.Lack = ClaimLack.Page;
                return;
            }

            page = RecordRuns.Cut(GroupReads.Unheld(next, groups.Table, group, isHeldOnly: false), claim.RecordsMax - choice.Entries.Count);
            if (page.Count == 0 && next.Count > 0)
            {
                groups.Table.MoveBehind(group, next);
                choice.Lack = ClaimLack.Turn;
                return;
            }
        }

        if (!source.TryCount(page.Count > 0 && (group.EntriesRead is null || source.MaxDeletedId != RingId.None), out var counts))
        {
            choice.Lack = ClaimLack.FirstId;
            return;
        }

        if (choice.Dying.Count > 0) groups.Table.Claims.Bury(group, choice.Dying, choice.Now);
        answer = Claim(group, claim, choice, page, counts);
    }

    /// <summary>In a turn: the claim, or the answer that there is nothing to be had.</summary>
    private ValueTask<ClaimedRecords> Claim(ConsumerGroup group, GroupClaim claim, ClaimChoice choice, RecordPage page, in ReadCounts counts)
    {
        if (choice.Entries.Count + page.Count == 0)
        {
            if (group.Find(claim.Consumer) is { } known) known.SeenAt = choice.Now;
            var nothing = Nothing(GroupOutcome.Done, choice.Now);
            return choice.Dying.Count > 0 ? source.AfterCommit(nothing) : new(nothing);
        }

        if (group.Pending.Count + page.Count > GroupLimits.PendingMax || groups.Table.Take(group, claim.Consumer, choice.Now, out _) is not { } consumer)
            return new(Nothing(GroupOutcome.Full, choice.Now));
        var hold = new GroupHold(claim.Id!.Value, group, choice.Now, claim.VisibilityTimeout);
        groups.Table.Claims.Claim(group, consumer, hold, choice.Entries, page, counts);
        groups.NoteFreed();
        return source.AfterCommit(ToAnswer(hold, choice, page));
    }

    /// <summary>Brings records to hand. What cannot be read is remembered as an empty slice.</summary>
    private async ValueTask BringAsync(ClaimChoice choice, Dictionary<Sequence, BatchSlice> read, CancellationToken cancel)
    {
        var picked = await source.PickAsync(choice.Stream, choice.Unread, GroupReads.BytesMax, cancel);
        foreach (var sequence in choice.Unread.Take(picked.Looked)) read[sequence] = default;
        foreach (var slice in picked.Slices) read[BatchHeader.Read(slice.Batch.Span).First.Plus(slice.Index)] = slice;
    }

    /// <summary>Waits until somebody who found nothing may find something.</summary>
    private async ValueTask WaitAsync(long seen, TimeSpan time, CancellationToken cancel)
    {
        TaskCompletionSource signal;
        lock (source.Turn)
        {
            var now = source.Engine.Clock.Now();
            groups.Advance(now);
            if (groups.Changes.Count != seen) return;
            var next = groups.Table.Claims.NextEnd;
            if (next < RecordTime.Max && next.Since(now) < time) time = next.Since(now);
            signal = groups.Changes.Add(next);
            source.NoteAwaited();
        }

        try
        {
            await ClaimChanges.SleepAsync(signal, time, source.Engine.Clock.Source, cancel);
        }
        finally
        {
            lock (source.Turn)
            {
                groups.Changes.Remove(signal);
                source.NoteAwaited();
            }
        }
    }

    private ClaimedRecords ToAnswer(GroupHold hold, ClaimChoice choice, RecordPage page)
    {
        var log = source.Log!;
        return new ClaimedRecords(
            GroupOutcome.Done,
            hold.Id,
            new RecordPage([.. choice.Slices, .. page.Slices], log.Next, log.ReadableLow, log.High),
            [.. choice.Entries.Select(entry => entry.Deliveries + 1), .. Enumerable.Repeat(1L, page.Count)],
            hold.At,
            hold.EndsAt,
            choice.Now);
    }
}
