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

    /// <summary>A silo that is about to go waits for nothing, and is not asked more often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

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

    public ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default) =>
        AskUntilAsync((time, end) => groups.WaitForGroupAsync(group, until, time, end), mayHave => mayHave, timeout, cancel);

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
    public ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default)
    {
        var named = claim with { Id = claim.Id ?? new ClaimId(Guid.NewGuid()) };
        return AskUntilAsync(
            (time, end) => groups.ClaimAsync(named with { Wait = time }, end),
            claimed => claimed.Outcome != GroupOutcome.Done || claimed.Id is not null,
            claim.Wait,
            cancel);
    }

    public ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.FindClaimAsync(group, claim, cancel), cancel);

    public ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.ExtendAsync(group, claim, visibilityTimeout, cancel), cancel);

    /// <summary>Sent again it releases nothing twice, but counts only what the last call has released.</summary>
    public ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default) => Patience.CallAsync(() => groups.ReleaseAsync(release, cancel), cancel);

    public ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) =>
        Patience.CallAsync(() => groups.AckAsync(group, claim, sequences, cancel), cancel);

    /// <summary>Asks the grain, which waits a while, until it has the answer or the time is up; in the end once more, without a wait.</summary>
    private async ValueTask<T> AskUntilAsync<T>(Func<TimeSpan, CancellationToken, ValueTask<T>> ask, Predicate<T> isAnswer, TimeSpan timeout, CancellationToken cancel)
    {
        if (timeout != TimeSpan.Zero)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            try
            {
                return await WaitUntilAsync(ask, isAnswer, end.Token).WaitAsync(timeout, Clock, cancel);
            }
            catch (TimeoutException)
            {
                await end.CancelAsync();
            }
        }

        return await Patience.CallAsync(() => ask(TimeSpan.Zero, cancel), cancel);
    }

    private async Task<T> WaitUntilAsync<T>(Func<TimeSpan, CancellationToken, ValueTask<T>> ask, Predicate<T> isAnswer, CancellationToken cancel)
    {
        while (true)
        {
            var startedAt = Environment.TickCount64;
            var answer = await Patience.CallAsync(() => ask(WaitMax, cancel), cancel);
            if (isAnswer(answer)) return answer;
            if (Environment.TickCount64 - startedAt < Pause.TotalMilliseconds) await Task.Delay(Pause, cancel);
        }
    }
}
