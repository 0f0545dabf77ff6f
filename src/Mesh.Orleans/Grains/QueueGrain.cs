using Mesh.Engine.Queues;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>One queue. Dead letters go to their queue's grain, wherever that is.</summary>
[Reentrant, ActivationCountBasedPlacement]
internal sealed class QueueGrain : StreamGrain<QueueActor>, IQueueGrain, IRemindable
{
    private readonly QueueReminder _reminder;
    private bool _wasAsked;

    /// <summary>Claims under way, so that a repeat waits for the first instead of making the claim twice.</summary>
    private readonly Dictionary<ClaimId, Task<ClaimResult>> _claiming = [];

    public QueueGrain(SiloEngine silo, IMesh mesh)
        : base(silo, StreamKind.Queue, name => new QueueActor(name, silo.Context, mesh.Queue)) => _reminder = new QueueReminder(this, silo.QueueReminderPeriod);

    /// <summary>What has expired goes from storage, and if that was all, so does the reminder. A grain that is there for this alone leaves again.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        try
        {
            await Actor.MaintainAsync(opens: true);
            await _reminder.ClearAsync(async () => await Actor.StatsAsync() is { Claimed: 0, Free: 0 });
        }
        finally
        {
            if (!_wasAsked) DeactivateOnIdle();
        }
    }

    public override ValueTask<AppendAnswer[]> AppendManyAsync(AppendItem[] appends)
    {
        OnAsked();
        return base.AppendManyAsync(appends);
    }

    public async ValueTask<ClaimResult> ClaimOnceAsync(ClaimId claim, int limit, ClaimTerms terms, CancellationToken cancel = default)
    {
        OnAsked();
        if (_claiming.TryGetValue(claim, out var first)) return await first;
        var claiming = ClaimUnlessMadeAsync(claim, limit, terms);
        _claiming[claim] = claiming;
        try
        {
            return await claiming;
        }
        finally
        {
            _claiming.Remove(claim);
        }
    }

    public ValueTask<QueuePage> ListAsync(QueueQuery query, CancellationToken cancel = default) => Actor.ListAsync(query, cancel);

    public ValueTask<QueuePage> GetAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => Actor.GetAsync(sequences, cancel);

    public ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default) => Actor.ClaimAsync(limit, terms, cancel);

    public ValueTask<ClaimView?> FindClaimAsync(ClaimId claim, CancellationToken cancel = default) => Actor.FindClaimAsync(claim, cancel);

    public ValueTask<bool> ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel = default) => Actor.ExtendAsync(claim, terms, cancel);

    public ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel = default) => Actor.ReleaseAsync(claim, cancel);

    public ValueTask<AckResult> AckAsync(Sequence sequence, ClaimId? claim, CancellationToken cancel = default) => Actor.AckAsync(sequence, claim, cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => Actor.DeleteAsync(sequences, cancel);

    public ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default) => Actor.PopAsync(limit, cancel);

    public ValueTask<int> MoveAsync(StreamName target, IReadOnlyList<Sequence> sequences, TimeSpan? ttl, CancellationToken cancel = default)
    {
        OnAsked();
        return Actor.MoveAsync(target, sequences, ttl, cancel);
    }

    public async ValueTask<long> WaitChangeAsync(long seen, TimeSpan timeout, CancellationToken cancel = default)
    {
        await WaitHereAsync(end => Actor.WaitChangeAsync(seen, Timeout.InfiniteTimeSpan, end).AsTask(), timeout, cancel);
        return IsLeaving ? seen : await Actor.WaitChangeAsync(0, TimeSpan.Zero, cancel);
    }

    public ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default) => Actor.StatsAsync(cancel);

    private void OnAsked()
    {
        _wasAsked = true;
        _reminder.Set();
    }

    private async Task<ClaimResult> ClaimUnlessMadeAsync(ClaimId claim, int limit, ClaimTerms terms) =>
        await Actor.FindClaimAsync(claim) is { } made ? new ClaimResult(made.Id, made.Page) : await Actor.ClaimAsync(claim, limit, terms);
}
