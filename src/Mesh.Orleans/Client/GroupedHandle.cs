using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>
/// One stream that has consumer groups. What delivers records, or whose answer a repeat would change, is never asked twice: the caller is told that nobody knows.
/// Claims have names, so they and what is done with them may be asked for again.
/// </summary>
internal abstract class GroupedHandle(StreamName name, IStreamGrain grain, IConsumerGroups groups, HandleContext context)
    : StreamHandle(name, grain, context), IGroupedLog
{
    /// <summary>A call waits no longer, so that it does not time out.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);

    public ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.DescribeAsync(group, pendingMax, cancel), cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => groups.CreateGroupAsync(group, start, createStream, cancel));

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => groups.MoveGroupAsync(group, start, cancel));

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => Patience.CallOnceAsync(() => groups.DeleteGroupAsync(group, cancel));

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => groups.CreateConsumerAsync(group, consumer, cancel));

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        Patience.CallOnceAsync(() => groups.DeleteConsumerAsync(group, consumer, cancel));

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => Patience.CallOnceAsync(() => groups.DeliverAsync(read, cancel));

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.AcknowledgeAsync(group, ids, cancel), cancel);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) => Patience.CallOnceAsync(() => groups.ClaimPendingAsync(claim, cancel));

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => Patience.CallOnceAsync(() => groups.ClaimIdleAsync(claim, cancel));

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.PendingAsync(group, query, cancel), cancel);

    public ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default) => Patience.CallAsync(() => groups.PositionAsync(group, cancel), cancel);

    public ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.SetGroupOptionsAsync(group, options, cancel), cancel);

    /// <summary>The claim's name is chosen here, so that one sent again after its answer was lost is the same claim.</summary>
    public async ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default)
    {
        var named = claim with { Id = claim.Id ?? new ClaimId(Guid.NewGuid()), Wait = TimeSpan.Zero };
        if (claim.Wait == TimeSpan.Zero) return await ClaimOnceAsync(named, cancel);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            return await WaitAndClaimAsync(named, end.Token).WaitAsync(claim.Wait, Clock, cancel);
        }
        catch (TimeoutException)
        {
            await end.CancelAsync();
            return await ClaimOnceAsync(named, cancel);
        }
    }

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.FindClaimAsync(group, claim, cancel), cancel);

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.ExtendAsync(group, claim, visibilityTimeout, cancel), cancel);

    /// <summary>Sent again it releases nothing twice, but counts only what the last call has released.</summary>
    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) => Patience.CallAsync(() => groups.ReleaseAsync(release, cancel), cancel);

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.AckAsync(group, claim, sequences, cancel), cancel);

    private ValueTask<ClaimedRecords> ClaimOnceAsync(GroupClaim named, CancellationToken cancel) => Patience.CallAsync(() => groups.ClaimAsync(named, cancel), cancel);

    private async Task<ClaimedRecords> WaitAndClaimAsync(GroupClaim named, CancellationToken cancel)
    {
        while (true)
        {
            var claimed = await ClaimOnceAsync(named with { Wait = WaitMax }, cancel);
            if (claimed.Outcome != GroupOutcome.Done || claimed.Id is not null) return claimed;
        }
    }
}
