using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>One queue.</summary>
internal sealed class QueueHandle(StreamName name, IQueueGrain grain, HandleContext context)
    : StreamHandle(name, grain, context), IQueue
{
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

    /// <summary>Never asked twice, for what the first took would be lost.</summary>
    public ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default) => Patience.CallOnceAsync(() => grain.PopAsync(limit, cancel));

    public ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default) => Patience.CallAsync(() => grain.StatsAsync(cancel), cancel);
}
