using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One ring.</summary>
internal sealed class RingHandle(StreamName name, IRingGrain grain, MeshClientOptions options, ClusterChanges changes)
    : StreamHandle(name, grain, options, changes), IRing
{
    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.RangeAsync(start, end, recordsMax, backwards, cancel), cancel);

    public ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimToCountAsync(keep, cancel), cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimBelowAsync(id, cancel), cancel);
}
