using Mesh.Addresses;

namespace Mesh.Protocols.Http.Zaqar.Addresses;

/// <summary>
/// What an address names, as Zaqar's clients see it: a queue whose claims are those of the stream's consumer group <see cref="Group"/>, which begins with the oldest
/// record. A delete under a claim acknowledges; nothing leaves the stream, and lists show all that it keeps. Records live for as long as the stream's options say.
/// Thread-safe.
/// </summary>
/// <param name="stream">What the address names; no queue.</param>
/// <param name="catalogue">Knows its number.</param>
/// <param name="clock">For ages.</param>
internal sealed class AddressedQueue(AddressedStream stream, ICatalogue catalogue, TimeProvider clock) : IQueue
{
    /// <summary>The consumer group whose claims Zaqar's clients make, and its only consumer: a client's id is often made up for one run.</summary>
    public const string Group = "zaqar";

    /// <summary>How often a claim is tried whose group is deleted between its making and the claim.</summary>
    private const int AttemptsMax = 3;

    /// <summary>What <see cref="PopAsync"/> claims is acknowledged at once; should that fail, it is free again after so long.</summary>
    private static readonly TimeSpan PopTimeout = TimeSpan.FromSeconds(60);

    public AddressedStream Stream => stream;

    private IConsumerGroups Groups => stream.Groups!;

    private RecordTime Now => RecordTime.From(clock.GetUtcNow());

    public async ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default)
    {
        var result = await stream.AppendAsync(segment, options).ConfigureAwait(false);
        return result is AppendResult.NoSuchStream && stream.Stream.Kind == StreamKind.Room ? throw AddressedRules.NoHistory(stream) : result;
    }

    public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default) => stream.ReadAsync(query, Filter(null), cancel);

    public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => stream.Log.TailAsync(from, cancel);

    public ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default) => stream.Log.WaitAsync(until, timeout, cancel);

    public ValueTask<StreamState> StateAsync(CancellationToken cancel = default) => stream.Log.StateAsync(cancel);

    public async ValueTask<QueuePage> ListAsync(QueueQuery query, CancellationToken cancel = default) =>
        await PageAsync(await FindAsync(new ReadQuery { From = query.After.Next(), RecordsMax = query.RecordsMax }, Filter(query.ExceptProducer), cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);

    public async ValueTask<QueuePage> GetAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default)
    {
        var found = new List<Frames.BatchSlice>();
        var filter = Filter(null);
        foreach (var sequence in sequences)
        {
            var page = await stream.Log.ReadAsync(new ReadQuery { From = sequence, RecordsMax = 1 }, cancel).ConfigureAwait(false);
            foreach (var slice in filter.Of(page, 1).Slices)
                if (slice.Within(sequence, sequence) is { } part) found.Add(part);
        }

        return await PageAsync(new RecordPage(found, Sequence.First, Sequence.First, Sequence.None), cancel).ConfigureAwait(false);
    }

    public ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default) => ClaimAsync(limit, terms, TimeSpan.Zero, cancel);

    /// <summary>As the other, but waits for the first record for some time at most.</summary>
    public async ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, TimeSpan wait, CancellationToken cancel = default)
    {
        var since = clock.GetTimestamp();
        var claim = new GroupClaim(Group, Group, limit, terms.VisibilityTimeout) { Id = new ClaimId(Guid.NewGuid()) };
        while (true)
        {
            var left = wait - clock.GetElapsedTime(since);
            var claimed = await ClaimAsync(claim with { Wait = left > TimeSpan.Zero ? left : TimeSpan.Zero }, cancel).ConfigureAwait(false);
            if (claimed is not null) return new ClaimResult(claimed.Id, await PageAsync(claimed, cancel).ConfigureAwait(false));
            if (left <= TimeSpan.Zero || !await stream.Log.WaitAsync(Sequence.First, left, cancel).ConfigureAwait(false)) return new ClaimResult(null, Nothing(null));
        }
    }

    public async ValueTask<ClaimView?> FindClaimAsync(ClaimId claim, CancellationToken cancel = default)
    {
        var held = await Groups.FindClaimAsync(Group, claim, cancel).ConfigureAwait(false);
        return held.Outcome != GroupOutcome.Done
            ? null
            : new ClaimView(claim, held.VisibleAgainAt.Since(held.ClaimedAt), held.Now.Since(held.ClaimedAt), await PageAsync(held with { Id = claim }, cancel).ConfigureAwait(false));
    }

    public async ValueTask<bool> ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel = default) =>
        (await Groups.ExtendAsync(Group, claim, terms.VisibilityTimeout, cancel).ConfigureAwait(false)).Outcome == GroupOutcome.Done;

    public async ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel = default) =>
        await Groups.ReleaseAsync(new GroupRelease(Group, claim, null, IsCounted: true), cancel).ConfigureAwait(false);

    public async ValueTask<AckResult> AckAsync(Sequence sequence, ClaimId? claim, CancellationToken cancel = default)
    {
        if (claim is not { } held) throw AddressedRules.NoDelete(stream);
        var acks = await Groups.AckAsync(Group, held, [sequence], cancel).ConfigureAwait(false);
        return acks.Outcome == GroupOutcome.Done && acks.Results[0] is GroupAck.Acknowledged or GroupAck.Gone ? AckResult.Deleted : AckResult.ClaimExpired;
    }

    public ValueTask<int> DeleteAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => throw AddressedRules.NoDelete(stream);

    /// <summary>Claims and acknowledges: of what fails in between others get what this call would have answered.</summary>
    public async ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default)
    {
        var claimed = await ClaimAsync(limit, new ClaimTerms(PopTimeout, TimeSpan.Zero), cancel).ConfigureAwait(false);
        if (claimed.Id is not { } claim) return claimed.Page;
        var sequences = new List<Sequence>();
        foreach (var record in claimed.Page.Records) sequences.Add(record.Sequence);
        await Groups.AckAsync(Group, claim, sequences, cancel).ConfigureAwait(false);
        return claimed.Page;
    }

    public ValueTask<int> MoveAsync(StreamName target, IReadOnlyList<Sequence> sequences, TimeSpan? ttl, CancellationToken cancel = default) => throw AddressedRules.NoDelete(stream);

    /// <summary>As of a queue, for lists: records came. Claims wait by themselves.</summary>
    public async ValueTask<long> WaitChangeAsync(long seen, TimeSpan timeout, CancellationToken cancel = default)
    {
        if (seen > 0 && !await stream.Log.WaitAsync(new Sequence(seen), timeout, cancel).ConfigureAwait(false)) return seen;
        var next = (await stream.Log.StateAsync(cancel).ConfigureAwait(false)).HighWatermark.Next().Value;
        return next == seen ? next + 1 : next;
    }

    /// <summary>How the group stands, and the ends of what the stream keeps. What is free of a key that is far behind is counted with the stream's other records.</summary>
    public async ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default)
    {
        var made = await MakeGroupAsync(createStream: false, cancel).ConfigureAwait(false);
        if (made == GroupOutcome.NoStream) return new QueueStats(0, 0, Nothing(null));
        var position = await Groups.PositionAsync(Group, cancel).ConfigureAwait(false);
        var oldest = await FindAsync(new ReadQuery { RecordsMax = 1 }, Filter(null), cancel).ConfigureAwait(false);
        var newest = await FindAsync(ReadQuery.Last(1), Filter(null), cancel).ConfigureAwait(false);
        var behind = position.Lag ?? newest.HighWatermark.Value - position.Next.Value + 1;
        var ends = newest.Count == 0 || FirstOf(oldest) == FirstOf(newest)
            ? oldest
            : new RecordPage([.. oldest.Slices, .. newest.Slices], newest.Next, newest.LowWatermark, newest.HighWatermark);
        return new QueueStats(position.Claimed, position.Free + behind, await PageAsync(ends, cancel).ConfigureAwait(false));
    }

    /// <summary>Makes the stream, if it is not there, and its group.</summary>
    /// <returns>False when both were there.</returns>
    /// <exception cref="ZaqarRefusal">It is a room that keeps nothing, or there are too many groups.</exception>
    public async ValueTask<bool> MakeAsync(CancellationToken cancel)
    {
        if (await stream.PrepareAsync().ConfigureAwait(false) is { } refused) throw AddressedRules.Refused(refused);
        return await MakeGroupAsync(createStream: true, cancel).ConfigureAwait(false) == GroupOutcome.Done;
    }

    private static Sequence FirstOf(RecordPage page)
    {
        foreach (var record in page) return record.Sequence;
        return Sequence.None;
    }

    private RecordFilter Filter(string? exceptProducer) => stream.Key is null && exceptProducer is null ? RecordFilter.All : new RecordFilter(stream.Key, null, [], exceptProducer);

    /// <summary>Reads on until it finds something or nothing is left.</summary>
    private async ValueTask<RecordPage> FindAsync(ReadQuery query, RecordFilter filter, CancellationToken cancel)
    {
        while (true)
        {
            var page = await stream.ReadAsync(query, filter, cancel).ConfigureAwait(false);
            if (page.Count > 0 || FilteredReads.IsAtEnd(page, query.Backwards)) return page;
            query = query with { From = page.Next };
        }
    }

    /// <returns>Null when there is no stream.</returns>
    private async ValueTask<ClaimedRecords?> ClaimAsync(GroupClaim claim, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var claimed = await Groups.ClaimAsync(claim, cancel).ConfigureAwait(false);
            if (claimed.Outcome == GroupOutcome.Done) return claimed;
            if (claimed.Outcome == GroupOutcome.Full) throw AddressedRules.Full(stream);
            if (await MakeGroupAsync(createStream: false, cancel).ConfigureAwait(false) == GroupOutcome.NoStream) return null;
        }

        return null;
    }

    /// <returns>Done, Exists or, where it may not be made, NoStream.</returns>
    private async ValueTask<GroupOutcome> MakeGroupAsync(bool createStream, CancellationToken cancel)
    {
        var made = (await Groups.CreateGroupAsync(Group, GroupStart.Oldest, createStream, cancel).ConfigureAwait(false)).Outcome;
        if (made == GroupOutcome.Full) throw AddressedRules.Full(stream);
        return made == GroupOutcome.NoStream && stream.Stream.Kind == StreamKind.Room ? throw AddressedRules.NoHistory(stream) : made;
    }

    private async ValueTask<QueuePage> PageAsync(RecordPage records, CancellationToken cancel)
    {
        if (records.Count == 0) return Nothing(await NumberAsync(cancel).ConfigureAwait(false));
        var states = new QueueRecordState[records.Count];
        Array.Fill(states, new QueueRecordState(null, 0, RecordTime.Max));
        return new QueuePage(await NumberAsync(cancel).ConfigureAwait(false), records, states, Now);
    }

    private async ValueTask<QueuePage> PageAsync(ClaimedRecords claimed, CancellationToken cancel)
    {
        var states = claimed.DeliveryCounts.Select(count => new QueueRecordState(claimed.Id, (int)Math.Min(count, int.MaxValue), RecordTime.Max)).ToArray();
        return new QueuePage(await NumberAsync(cancel).ConfigureAwait(false), claimed.Records, states, claimed.Now);
    }

    /// <exception cref="ZaqarRefusal">It is a room that keeps nothing.</exception>
    private async ValueTask<StreamNumber?> NumberAsync(CancellationToken cancel)
    {
        var entry = await catalogue.FindAsync(stream.Stream, cancel).ConfigureAwait(false);
        return entry is null && stream.Stream.Kind == StreamKind.Room ? throw AddressedRules.NoHistory(stream) : entry?.Number;
    }

    private QueuePage Nothing(StreamNumber? number) => new(number, RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None), [], Now);
}
