using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Claims of a queue.</summary>
internal sealed class QueueClaims(IQueue queue, TimeProvider clock) : IClaims
{
    public async ValueTask<(ClaimId? Id, PageWriter Page)> ClaimAsync(string consumer, int limit, ClaimTerms terms, TimeSpan wait, CancellationToken cancel)
    {
        if (consumer.Length > 0) throw Names.Wrong("consumer: a queue's claims are for all; leave the consumer out.");
        var began = clock.GetTimestamp();
        for (long seen = 0; ;)
        {
            // Asked before the look, so that what comes between wakes the wait.
            if (wait > TimeSpan.Zero && seen == 0) seen = await queue.WaitChangeAsync(0, TimeSpan.Zero, cancel).ConfigureAwait(false);
            var claim = await queue.ClaimAsync(limit, terms, cancel).ConfigureAwait(false);
            var left = wait - clock.GetElapsedTime(began);
            var states = claim.Page.States;
            if (claim.Id is not null || left <= TimeSpan.Zero) return (claim.Id, new PageWriter(claim.Page.Records, i => new RecordClaim(states[i].DeliveryCount, states[i].ExpiresAt)));
            seen = await queue.WaitChangeAsync(seen, left, cancel).ConfigureAwait(false);
        }
    }

    public async ValueTask ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel)
    {
        if (!await queue.ExtendAsync(claim, terms, cancel).ConfigureAwait(false)) throw new GrpcException(ErrorMap.ClaimExpired);
    }

    public ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel) => queue.ReleaseAsync(claim, cancel);

    public async ValueTask<List<Sequence>> HeldAsync(ClaimId claim, CancellationToken cancel)
    {
        var view = await queue.FindClaimAsync(claim, cancel).ConfigureAwait(false) ?? throw new GrpcException(ErrorMap.ClaimExpired);
        return SequencesOf(view.Page.Records);
    }

    /// <summary>All are on their way at once, and travel in one commit.</summary>
    public async ValueTask<List<V1.Ack.Types.Outcome>> AckAsync(ClaimId claim, List<Sequence> sequences, CancellationToken cancel)
    {
        var acks = sequences.ConvertAll(sequence => queue.AckAsync(sequence, claim, cancel).AsTask());
        var results = await Task.WhenAll(acks).ConfigureAwait(false);
        return [.. results.Select(ErrorMap.FromAck)];
    }

    internal static List<Sequence> SequencesOf(RecordPage page)
    {
        var sequences = new List<Sequence>(page.Count);
        foreach (var record in page) sequences.Add(record.Sequence);
        return sequences;
    }
}
