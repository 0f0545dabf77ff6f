using Mesh.Engine.Rings;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>One ring.</summary>
[Reentrant, ActivationCountBasedPlacement]
internal sealed class RingGrain(SiloEngine silo) : GroupedGrain<RingActor>(silo, StreamKind.Ring, name => new RingActor(name, silo.Context)), IRingGrain
{
    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Actor.RangeAsync(start, end, recordsMax, backwards, cancel);

    public ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default) => Actor.TrimToCountAsync(keep, cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default) => Actor.TrimBelowAsync(id, cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Actor.DeleteAsync(ids, cancel);

    public ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default) => Actor.SetPositionAsync(position, cancel);
}
