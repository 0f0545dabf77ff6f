using System.Globalization;

namespace Mesh.Addresses;

/// <summary>
/// The consumer groups of one key of a stream, which have names of their own: two keys may each have a group of a name, and so may the whole stream. Positions and
/// sequences are the stream's. Thread-safe.
/// </summary>
/// <param name="groups">The stream's groups.</param>
/// <param name="key">The key.</param>
public sealed class KeyedGroups(IConsumerGroups groups, string key) : IConsumerGroups
{
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"{StreamName.InnerMark}{key.Length}:{key}:");

    /// <summary>As of the stream, with the groups of the key alone; length and ids are the stream's.</summary>
    public async ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default)
    {
        var info = await groups.DescribeAsync(group is null ? null : Inner(group), pendingMax, cancel).ConfigureAwait(false);
        if (info is null) return null;
        var own = info.Groups.Where(one => one.Name.StartsWith(_prefix, StringComparison.Ordinal));
        return info with { Groups = [.. own.Select(one => one with { Name = one.Name[_prefix.Length..] })] };
    }

    public ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default) => groups.PositionAsync(Inner(group), cancel);

    public ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default) =>
        groups.CreateGroupAsync(Inner(group), start with { Key = key }, createStream, cancel);

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) => groups.MoveGroupAsync(Inner(group), start, cancel);

    public ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default) =>
        groups.SetGroupOptionsAsync(Inner(group), options, cancel);

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => groups.DeleteGroupAsync(Inner(group), cancel);

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        groups.CreateConsumerAsync(Inner(group), consumer, cancel);

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        groups.DeleteConsumerAsync(Inner(group), consumer, cancel);

    public ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default) => groups.DeliverAsync(read with { Group = Inner(read.Group) }, cancel);

    public ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default) =>
        groups.WaitForGroupAsync(Inner(group), until, timeout, cancel);

    public ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default) =>
        groups.AcknowledgeAsync(Inner(group), ids, cancel);

    public ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default) =>
        groups.ClaimPendingAsync(claim with { Group = Inner(claim.Group) }, cancel);

    public ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default) => groups.ClaimIdleAsync(claim with { Group = Inner(claim.Group) }, cancel);

    public ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default) => groups.PendingAsync(Inner(group), query, cancel);

    public ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default) => groups.ClaimAsync(claim with { Group = Inner(claim.Group) }, cancel);

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) => groups.FindClaimAsync(Inner(group), claim, cancel);

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) =>
        groups.ExtendAsync(Inner(group), claim, visibilityTimeout, cancel);

    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) =>
        groups.ReleaseAsync(release with { Group = Inner(release.Group) }, cancel);

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        groups.AckAsync(Inner(group), claim, sequences, cancel);

    private string Inner(string group) => _prefix + group;
}
