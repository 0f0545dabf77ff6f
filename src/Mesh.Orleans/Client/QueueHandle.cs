using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One queue.</summary>
internal sealed class QueueHandle(StreamName name, IQueueGrain grain, HandleContext context)
    : StreamHandle(name, grain, context), IQueue
{
    private readonly QueueWatch _watch = new(grain, context.Changes, context.Options);

    /// <summary>Longer than the deletion is tried.</summary>
    private static readonly ClaimTerms PopTerms = new(TimeSpan.FromMinutes(5), TimeSpan.Zero);

    public ValueTask<QueuePage> ListAsync(QueueQuery query, CancellationToken cancel = default) => Patience.CallAsync(() => grain.ListAsync(query, cancel), cancel);

    public ValueTask<QueuePage> GetAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => Patience.CallAsync(() => grain.GetAsync(sequences, cancel), cancel);

    /// <summary>The claim's name is chosen here, so that one sent again after its answer was lost is the same claim.</summary>
    public ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default)
    {
        var claim = new ClaimId(Guid.NewGuid());
        return Patience.CallAsync(() => grain.ClaimOnceAsync(claim, limit, terms, cancel), cancel);
    }

    public ValueTask<ClaimView?> FindClaimAsync(ClaimId claim, CancellationToken cancel = default) => Patience.CallAsync(() => grain.FindClaimAsync(claim, cancel), cancel);

    public ValueTask<bool> ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.ExtendAsync(claim, terms, cancel), cancel);

    public async ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel = default) =>
        await Patience.CallAsync(
            async () =>
            {
                await grain.ReleaseAsync(claim, cancel);
                return true;
            },
            cancel);

    public ValueTask<AckResult> AckAsync(Sequence sequence, ClaimId? claim, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.AckAsync(sequence, claim, cancel), cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => Patience.CallAsync(() => grain.DeleteAsync(sequences, cancel), cancel);

    /// <summary>
    /// A claim that is named here, and then its deletion: either may be sent again. Whoever dies in between, the records are free again when the claim ends, and
    /// nobody has had them.
    /// </summary>
    public async ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default)
    {
        var claim = await ClaimAsync(limit, PopTerms, cancel);
        if (claim.Id is null) return claim.Page;
        var sequences = new List<Sequence>(claim.Page.Records.Count);
        var states = new List<QueueRecordState>(claim.Page.Records.Count);
        foreach (var record in claim.Page.Records)
        {
            var state = claim.Page.States[sequences.Count];
            var isProlonged = state.ExpiresAt <= claim.Page.Now.Plus(PopTerms.VisibilityTimeout);
            sequences.Add(record.Sequence);
            states.Add(new QueueRecordState(null, state.DeliveryCount - 1, isProlonged ? record.ExpiresAt : state.ExpiresAt));
        }

        await DeleteAsync(sequences, CancellationToken.None);
        return claim.Page with { States = states };
    }

    /// <summary>Sent again it moves nothing twice, but counts only what the last call has moved.</summary>
    public ValueTask<int> MoveAsync(StreamName target, IReadOnlyList<Sequence> sequences, TimeSpan? ttl, CancellationToken cancel = default) =>
        Patience.CallAsync(() => grain.MoveAsync(target, sequences, ttl, cancel), cancel);

    public ValueTask<long> WaitChangeAsync(long seen, TimeSpan timeout, CancellationToken cancel = default) => _watch.WaitAsync(seen, timeout, cancel);

    public ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default) => Patience.CallAsync(() => grain.StatsAsync(cancel), cancel);
}
