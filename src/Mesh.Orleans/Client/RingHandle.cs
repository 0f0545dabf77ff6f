using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One ring. What a repeat would change the answer of is never asked twice: the caller is told that nobody knows.</summary>
internal sealed class RingHandle(StreamName name, IRingGrain grain, HandleContext context)
    : GroupedHandle(name, grain, grain, context), IRing
{
    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.RangeAsync(start, end, recordsMax, backwards, cancel), cancel);

    public ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimToCountAsync(keep, cancel), cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimBelowAsync(id, cancel), cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Patience.CallOnceAsync(() => grain.DeleteAsync(ids, cancel));

    public ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => grain.SetPositionAsync(position, cancel));
}
