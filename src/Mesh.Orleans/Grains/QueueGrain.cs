using Mesh.Engine.Queues;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>One queue. Dead letters go to their queue's grain, wherever that is.</summary>
[Reentrant, ActivationCountBasedPlacement]
internal sealed class QueueGrain(SiloEngine silo, IMesh mesh)
    : StreamGrain<QueueActor>(silo, StreamKind.Queue, name => new QueueActor(name, silo.Context, mesh.Queue)), IQueueGrain
{
    public ValueTask<QueuePage> ListAsync(QueueQuery query, CancellationToken cancel = default) => Actor.ListAsync(query, cancel);

    public ValueTask<QueuePage> GetAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => Actor.GetAsync(sequences, cancel);

    public ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default) => Actor.ClaimAsync(limit, terms, cancel);

    public ValueTask<ClaimView?> FindClaimAsync(ClaimId claim, CancellationToken cancel = default) => Actor.FindClaimAsync(claim, cancel);

    public ValueTask<bool> ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel = default) => Actor.ExtendAsync(claim, terms, cancel);

    public ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel = default) => Actor.ReleaseAsync(claim, cancel);

    public ValueTask<AckResult> AckAsync(Sequence sequence, ClaimId? claim, CancellationToken cancel = default) => Actor.AckAsync(sequence, claim, cancel);

    public ValueTask<int> DeleteAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => Actor.DeleteAsync(sequences, cancel);

    public ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default) => Actor.PopAsync(limit, cancel);

    public ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default) => Actor.StatsAsync(cancel);
}
