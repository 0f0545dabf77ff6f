namespace Mesh.Orleans.Grains;

/// <summary>The grain of a queue; its key is a <see cref="StreamKey"/>.</summary>
public interface IQueueGrain : IStreamGrain, IQueue
{
    /// <summary>As <see cref="IQueue.ClaimAsync"/>, under a name that the caller chooses: sent again, it gets the claim that the first made, if that lives.</summary>
    ValueTask<ClaimResult> ClaimOnceAsync(ClaimId claim, int limit, ClaimTerms terms, CancellationToken cancel = default);
}
