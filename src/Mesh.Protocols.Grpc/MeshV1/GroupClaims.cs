using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Claims of a consumer group.</summary>
internal sealed class GroupClaims(IConsumerGroups groups, string group) : IClaims
{
    public async ValueTask<(ClaimId? Id, PageWriter Page)> ClaimAsync(string consumer, int limit, ClaimTerms terms, TimeSpan wait, CancellationToken cancel)
    {
        if (terms.Grace > TimeSpan.Zero) throw Names.Wrong("grace: only records of queues expire under a claim; leave it out.");
        if (consumer.Length == 0) throw Names.Wrong("consumer is missing: who of the group claims.");
        Names.CheckGroup("consumer", consumer);
        var claim = await groups.ClaimAsync(new GroupClaim(group, consumer, limit, terms.VisibilityTimeout) { Wait = wait }, cancel).ConfigureAwait(false);
        Require(claim.Outcome);
        return (claim.Id, new PageWriter(claim.Records, i => new RecordClaim((int)Math.Min(int.MaxValue, claim.DeliveryCounts[i]), RecordTime.None)));
    }

    public async ValueTask ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel) =>
        Require((await groups.ExtendAsync(group, claim, terms.VisibilityTimeout, cancel).ConfigureAwait(false)).Outcome);

    public async ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel)
    {
        var answer = await groups.ReleaseAsync(new GroupRelease(group, claim, null, IsCounted: true), cancel).ConfigureAwait(false);
        if (answer.Outcome != GroupOutcome.ClaimExpired) Require(answer.Outcome);
    }

    public async ValueTask<List<Sequence>> HeldAsync(ClaimId claim, CancellationToken cancel)
    {
        var held = await groups.FindClaimAsync(group, claim, cancel).ConfigureAwait(false);
        Require(held.Outcome);
        return QueueClaims.SequencesOf(held.Records);
    }

    public async ValueTask<List<V1.Ack.Types.Outcome>> AckAsync(ClaimId claim, List<Sequence> sequences, CancellationToken cancel)
    {
        var acks = await groups.AckAsync(group, claim, sequences, cancel).ConfigureAwait(false);
        Require(acks.Outcome);
        return [.. acks.Results.Select(ErrorMap.FromAck)];
    }

    private static void Require(GroupOutcome outcome)
    {
        if (outcome != GroupOutcome.Done) throw new GrpcException(ErrorMap.FromGroup(outcome));
    }
}
