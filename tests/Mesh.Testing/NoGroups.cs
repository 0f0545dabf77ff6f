namespace Mesh.Testing;

/// <summary>For streams that a test makes itself and that have no consumer groups: whoever asks for them has gone astray.</summary>
public abstract class NoGroups : IConsumerGroups
{
    public ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        throw new NotSupportedException();
}
