namespace Mesh;

/// <summary>
/// A ring: a log whose records also have Redis ids, can be deleted one by one, and are handed out by consumer groups (Redis 7 streams).
/// <see cref="AppendOptions.TrimToCount"/> is MAXLEN; for MINID call <see cref="TrimBelowAsync"/> after the append.
/// </summary>
public interface IRing : IGroupedLog
{
    /// <summary>Records with ids from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
    /// <param name="start">Smallest id wanted.</param>
    /// <param name="end">Greatest id wanted.</param>
    /// <param name="recordsMax">1 to 100,000. After some megabytes the answer ends early: then go on beside the id of its last record.</param>
    /// <param name="backwards">Greatest id first, one record a slice.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default);

    /// <summary>Drops the oldest records until at most <paramref name="keep"/> are left.</summary>
    /// <param name="keep">From 0.</param>
    /// <param name="dropMax">Drops no more than these, from 1, though more be left.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>How many were dropped.</returns>
    ValueTask<long> TrimToCountAsync(long keep, long dropMax = long.MaxValue, CancellationToken cancel = default);

    /// <summary>Drops records with an id smaller than <paramref name="id"/>.</summary>
    /// <param name="id">The smallest to keep.</param>
    /// <param name="dropMax">Drops no more than these, from 1, though more be left.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>How many were dropped.</returns>
    ValueTask<long> TrimBelowAsync(RingId id, long dropMax = long.MaxValue, CancellationToken cancel = default);

    /// <summary>Deletes records one by one, wherever they stand: their sequences and ids stay used. Those that are gone are no error.</summary>
    /// <returns>How many were deleted.</returns>
    ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default);

    ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default);
}
