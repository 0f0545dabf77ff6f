using Mesh.Engine.Rings;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>One ring.</summary>
[Reentrant, ActivationCountBasedPlacement]
internal sealed class RingGrain(SiloEngine silo) : StreamGrain<RingActor>(silo, StreamKind.Ring, name => new RingActor(name, silo.Context)), IRingGrain
{
    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Actor.RangeAsync(start, end, recordsMax, backwards, cancel);

    public ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default) => Actor.TrimToCountAsync(keep, cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default) => Actor.TrimBelowAsync(id, cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Actor.DeleteAsync(ids, cancel);

    public ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default) => Actor.SetPositionAsync(position, cancel);

    public ValueTask<RingInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default) => Actor.DescribeAsync(group, pendingMax, cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        Actor.CreateGroupAsync(group, start, createStream, cancel);

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) => Actor.MoveGroupAsync(group, start, cancel);

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => Actor.DeleteGroupAsync(group, cancel);

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Actor.CreateConsumerAsync(group, consumer, cancel);

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Actor.DeleteConsumerAsync(group, consumer, cancel);

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => Actor.DeliverAsync(read, cancel);

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Actor.AcknowledgeAsync(group, ids, cancel);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) => Actor.ClaimPendingAsync(claim, cancel);

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => Actor.ClaimIdleAsync(claim, cancel);

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) => Actor.PendingAsync(group, query, cancel);
}
