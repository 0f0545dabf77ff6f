using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One ring. What hands records out, or whose answer a repeat would change, is never asked twice: the caller is told that nobody knows.</summary>
internal sealed class RingHandle(StreamName name, IRingGrain grain, HandleContext context)
    : StreamHandle(name, grain, context), IRing
{
    public ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.RangeAsync(start, end, recordsMax, backwards, cancel), cancel);

    public ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimToCountAsync(keep, cancel), cancel);

    public ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default) => Patience.CallAsync(() => grain.TrimBelowAsync(id, cancel), cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Patience.CallOnceAsync(() => grain.DeleteAsync(ids, cancel));

    public ValueTask<RingPositionResult> SetPositionAsync(RingPosition position, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => grain.SetPositionAsync(position, cancel));

    public ValueTask<RingInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.DescribeAsync(group, pendingMax, cancel), cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => grain.CreateGroupAsync(group, start, createStream, cancel));

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => grain.MoveGroupAsync(group, start, cancel));

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => Patience.CallOnceAsync(() => grain.DeleteGroupAsync(group, cancel));

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => grain.CreateConsumerAsync(group, consumer, cancel));

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => grain.DeleteConsumerAsync(group, consumer, cancel));

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => Patience.CallOnceAsync(() => grain.DeliverAsync(read, cancel));

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.AcknowledgeAsync(group, ids, cancel), cancel);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) => Patience.CallOnceAsync(() => grain.ClaimPendingAsync(claim, cancel));

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => Patience.CallOnceAsync(() => grain.ClaimIdleAsync(claim, cancel));

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.PendingAsync(group, query, cancel), cancel);
}
