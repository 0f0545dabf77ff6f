using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One ring.</summary>
internal sealed class RingHandle(StreamName name, IRingGrain grain, HandleContext context)
    : StreamHandle(name, grain, context), IRing
{
    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.RangeAsync(start, end, recordsMax, backwards, cancel), cancel);

    public ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimToCountAsync(keep, cancel), cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimBelowAsync(id, cancel), cancel);
}
