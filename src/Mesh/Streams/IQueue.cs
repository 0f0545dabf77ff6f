namespace Mesh;

/// <summary>A queue whose records are claimed, and deleted when done (Zaqar specification, sections 1.4 and 1.5).</summary>
public interface IQueue : IStreamLog
{
    /// <summary>Live records in order, without those a reader should not see. A page of very large records may end early; it is empty only when nothing is left.</summary>
    ValueTask<QueuePage> ListAsync(QueueQuery query, CancellationToken cancel = default);

    /// <summary>Those of the records that live, in the order asked for; claimed and delayed ones too.</summary>
    ValueTask<QueuePage> GetAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default);

    /// <summary>Claims up to <paramref name="limit"/> of the oldest records that live, are due and are not claimed.</summary>
    /// <param name="limit">1 to 1,000; of very large records fewer come.</param>
    /// <param name="terms">For how long.</param>
    /// <param name="cancel">Ends the call; what was claimed by then stays claimed until it expires.</param>
    ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default);

    /// <returns>Null when the claim is unknown, released or expired, or none of its records is left.</returns>
    ValueTask<ClaimView?> FindClaimAsync(ClaimId claim, CancellationToken cancel = default);

    /// <summary>Counts the claim's time anew from now.</summary>
    /// <returns>False when the claim is unknown, released or expired, or none of its records is left.</returns>
    ValueTask<bool> ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel = default);

    /// <summary>Gives the claim's records back, each to its old position. Unknown claims are no error.</summary>
    ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel = default);

    /// <summary>Deletes one record: a claimed one only for the holder of its live claim.</summary>
    ValueTask<AckResult> AckAsync(Sequence sequence, ClaimId? claim, CancellationToken cancel = default);

    /// <summary>Deletes records, claimed or not. Missing ones are no error.</summary>
    ValueTask<int> DeleteAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default);

    /// <summary>Takes up to <paramref name="limit"/> (1 to 1,000) of the oldest claimable records out of the queue, for good.</summary>
    ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default);

    /// <summary>
    /// Moves those of the records that live and nobody has claimed to the end of another queue, as if they had never been delivered: the way back of dead letters.
    /// Each is moved once, however often it is tried again and whatever fails in between; a dead letter no longer says where it came from.
    /// </summary>
    /// <param name="target">Another queue; it is made if it does not exist.</param>
    /// <param name="sequences">At most 1,000.</param>
    /// <param name="ttl">Time to live from now on; null keeps what is left.</param>
    /// <param name="cancel">Ends the call; what was moved by then is moved.</param>
    /// <returns>How many were moved by this call.</returns>
    ValueTask<int> MoveAsync(StreamName target, IReadOnlyList<Sequence> sequences, TimeSpan? ttl, CancellationToken cancel = default);

    /// <summary>Waits until somebody who found nothing may find something: records came, were released or are due, or a claim's time is up. Costs nothing meanwhile.</summary>
    /// <param name="seen">What the call before answered; 0 is answered at once. To miss nothing: ask, look for records, and if there are none wait with that answer.</param>
    /// <param name="timeout">At most.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>Another number than <paramref name="seen"/>, at times for nothing; the same when the time was up first.</returns>
    ValueTask<long> WaitChangeAsync(long seen, TimeSpan timeout, CancellationToken cancel = default);

    ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default);
}

/// <summary>Names one claim.</summary>
public readonly record struct ClaimId(Guid Value)
{
    public override string ToString() => Value.ToString("N");
}

/// <summary>For how long a claim holds its records.</summary>
/// <param name="VisibilityTimeout">From now; then the records are free again. 1 µs to 366 days.</param>
/// <param name="Grace">A record that would expire before the claim lives for the timeout and this long. 0 to 366 days.</param>
public readonly record struct ClaimTerms(TimeSpan VisibilityTimeout, TimeSpan Grace);

/// <summary>A list of live records.</summary>
public sealed record QueueQuery
{
    /// <summary>The last sequence seen; 0 to begin.</summary>
    public Sequence After { get; init; }

    /// <summary>1 to 1,000.</summary>
    public int RecordsMax { get; init; } = 10;

    /// <summary>Leave out records of this producer. Null leaves out none.</summary>
    public string? ExceptProducer { get; init; }

    public bool IncludeClaimed { get; init; }

    public bool IncludeDelayed { get; init; }
}

/// <summary>What the claims say of one record of a page.</summary>
/// <param name="Claim">The live claim that holds it; null when it is free.</param>
/// <param name="DeliveryCount">How often it was claimed.</param>
/// <param name="ExpiresAt">When it expires, as claims may have extended it.</param>
public readonly record struct QueueRecordState(ClaimId? Claim, int DeliveryCount, RecordTime ExpiresAt);

/// <summary>Records of a queue with what the claims say of each, in the same order.</summary>
/// <param name="Stream">The queue's number; null when it does not exist.</param>
/// <param name="Records">The records.</param>
/// <param name="States">One for each record.</param>
/// <param name="Now">The queue's clock at the time of the answer.</param>
public sealed record QueuePage(StreamNumber? Stream, RecordPage Records, IReadOnlyList<QueueRecordState> States, RecordTime Now);

/// <summary>What became of a claim.</summary>
/// <param name="Id">The claim; null when nothing was free.</param>
/// <param name="Page">The records it holds.</param>
public sealed record ClaimResult(ClaimId? Id, QueuePage Page);

/// <summary>A live claim.</summary>
/// <param name="Id">Its name.</param>
/// <param name="VisibilityTimeout">As it was last asked for.</param>
/// <param name="Age">Since it was made or last extended.</param>
/// <param name="Page">The records it still holds.</param>
public sealed record ClaimView(ClaimId Id, TimeSpan VisibilityTimeout, TimeSpan Age, QueuePage Page);

/// <summary>What became of an ack.</summary>
public enum AckResult
{
    /// <summary>The record is gone, now or since earlier.</summary>
    Deleted,

    /// <summary>A live claim holds the record, and none or another live one was named.</summary>
    HeldByOther,

    /// <summary>The claim named is unknown, released or expired, or none of its records is left. The record stays.</summary>
    ClaimExpired,

    /// <summary>A live claim was named, but the record is not claimed.</summary>
    NotClaimed,
}

/// <summary>How a queue stands.</summary>
/// <param name="Claimed">Held by live claims.</param>
/// <param name="Free">All others; records of mixed times to live may be counted a while after they expired.</param>
/// <param name="Ends">The oldest and the newest live record, in this order; one entry when they are the same, none when there is none.</param>
public sealed record QueueStats(long Claimed, long Free, QueuePage Ends);
