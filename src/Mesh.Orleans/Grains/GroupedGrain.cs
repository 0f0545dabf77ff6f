using Mesh.Engine.Groups;
using Mesh.Orleans.Silo;

namespace Mesh.Orleans.Grains;

/// <summary>A stream that has consumer groups. A claim that waits does so here, for a while: whoever asked asks again, under the same name.</summary>
internal abstract class GroupedGrain<TActor>(SiloEngine silo, StreamKind kind, Func<StreamName, TActor> create) : StreamGrain<TActor>(silo, kind, create), IConsumerGroups
    where TActor : GroupedActor
{
    public ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default) => Actor.DescribeAsync(group, pendingMax, cancel);

    public ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default) => Actor.PositionAsync(group, cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        Actor.CreateGroupAsync(group, start, createStream, cancel);

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) => Actor.MoveGroupAsync(group, start, cancel);

    public ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default) =>
        Actor.SetGroupOptionsAsync(group, options, cancel);

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => Actor.DeleteGroupAsync(group, cancel);

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Actor.CreateConsumerAsync(group, consumer, cancel);

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) => Actor.DeleteConsumerAsync(group, consumer, cancel);

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => Actor.DeliverAsync(read, cancel);

    public async ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default)
    {
        var mayHave = false;
        await WaitHereAsync(async end => mayHave = await Actor.WaitForGroupAsync(group, until, Timeout.InfiniteTimeSpan, end), timeout, cancel);
        return mayHave;
    }

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) => Actor.AcknowledgeAsync(group, ids, cancel);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) => Actor.ClaimPendingAsync(claim, cancel);

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => Actor.ClaimIdleAsync(claim, cancel);

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) => Actor.PendingAsync(group, query, cancel);

    public async ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default)
    {
        ClaimedRecords? claimed = null;
        if (claim.Wait != TimeSpan.Zero)
            await WaitHereAsync(async end => claimed = await Actor.ClaimAsync(claim with { Wait = Timeout.InfiniteTimeSpan }, end), claim.Wait, cancel);
        return claimed ?? await Actor.ClaimAsync(claim with { Wait = TimeSpan.Zero }, cancel);
    }

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) => Actor.FindClaimAsync(group, claim, cancel);

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) =>
        Actor.ExtendAsync(group, claim, visibilityTimeout, cancel);

    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) => Actor.ReleaseAsync(release, cancel);

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        Actor.AckAsync(group, claim, sequences, cancel);
}
