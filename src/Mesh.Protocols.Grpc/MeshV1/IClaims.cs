using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>What records are claimed from: a queue, or a consumer group of another stream. What is wrong comes as <see cref="GrpcException"/>.</summary>
internal interface IClaims
{
    /// <returns>The claim, null when there was nothing to claim in all the time, and its records.</returns>
    ValueTask<(ClaimId? Id, PageWriter Page)> ClaimAsync(string consumer, int limit, ClaimTerms terms, TimeSpan wait, CancellationToken cancel);

    ValueTask ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel);

    ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel);

    /// <summary>What a claim still holds.</summary>
    ValueTask<List<Sequence>> HeldAsync(ClaimId claim, CancellationToken cancel);

    /// <returns>What became of each, in the order asked for.</returns>
    ValueTask<List<V1.Ack.Types.Outcome>> AckAsync(ClaimId claim, List<Sequence> sequences, CancellationToken cancel);
}
