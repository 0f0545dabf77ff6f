using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Claims;

/// <summary>Claims records for consumers of a group, extends and releases claims, and acknowledges what they hold. Thread-safe.</summary>
internal sealed class GroupClaims(Waits waits)
{
    private const int ConsumerCharsMax = 256;

    public async Task PostAsync(V1Request request)
    {
        var log = GroupsResource.LogOf(request);
        var wait = new V1Query(request.Http.Query, "wait").Wait();
        using var fields = await V1Fields.ReadAsync(request, "consumer", ClaimTermFields.Limit, ClaimTermFields.Timeout).ConfigureAwait(false);
        var consumer = fields.Text("consumer") is { Length: > 0 and <= ConsumerCharsMax } name ? name : throw V1Refusal.Invalid($"consumer must be a name of 1 to {ConsumerCharsMax} characters: who claims.");
        var claim = new GroupClaim(request.Segments[3], consumer, ClaimTermFields.LimitOf(fields), ClaimTermFields.TimeoutOf(fields)) { Wait = wait };
        var claimed = await ClaimAsync(request, log, claim).ConfigureAwait(false);
        GroupsResource.Require(claimed.Outcome, request);
        if (claimed.Id is { } made) request.Response.Headers.Location = request.PathOf(request.Stream.Address, $"/groups/{Uri.EscapeDataString(claim.Group)}/claims/{made}");
        await ShowAsync(request, claimed, claimed.Id is null ? StatusCodes.Status200OK : StatusCodes.Status201Created).ConfigureAwait(false);
    }

    public async Task GetAsync(V1Request request)
    {
        var claimed = await GroupsResource.LogOf(request).FindClaimAsync(request.Segments[3], ClaimJson.IdOf(request.Segments[5]), request.Aborted).ConfigureAwait(false);
        GroupsResource.Require(claimed.Outcome, request);
        await ShowAsync(request, claimed, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task PatchAsync(V1Request request)
    {
        using var fields = await V1Fields.ReadAsync(request, ClaimTermFields.Timeout).ConfigureAwait(false);
        var answer = await GroupsResource.LogOf(request)
            .ExtendAsync(request.Segments[3], ClaimJson.IdOf(request.Segments[5]), ClaimTermFields.TimeoutOf(fields), request.Aborted).ConfigureAwait(false);
        GroupsResource.Require(answer.Outcome, request);
        await V1Answers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>Gives back all that a claim holds; one that is over is no error.</summary>
    public async Task DeleteAsync(V1Request request)
    {
        var release = new GroupRelease(request.Segments[3], ClaimJson.IdOf(request.Segments[5]), null, IsCounted: true);
        var answer = await GroupsResource.LogOf(request).ReleaseAsync(release, request.Aborted).ConfigureAwait(false);
        if (answer.Outcome != GroupOutcome.ClaimExpired) GroupsResource.Require(answer.Outcome, request);
        await V1Answers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>Acknowledges records of a claim; without a list, all that it holds.</summary>
    public async Task AckAsync(V1Request request)
    {
        var (log, group, claim) = (GroupsResource.LogOf(request), request.Segments[3], ClaimJson.IdOf(request.Segments[5]));
        using var fields = await V1Fields.ReadAsync(request, "sequences").ConfigureAwait(false);
        var sequences = fields.Sequences("sequences");
        if (sequences is null)
        {
            var held = await log.FindClaimAsync(group, claim, request.Aborted).ConfigureAwait(false);
            GroupsResource.Require(held.Outcome, request);
            sequences = SequencesOf(held.Records);
        }

        var acks = await log.AckAsync(group, claim, sequences, request.Aborted).ConfigureAwait(false);
        GroupsResource.Require(acks.Outcome, request);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json => ClaimJson.WriteResults(json, sequences, acks.Results)).ConfigureAwait(false);
    }

    private async ValueTask<ClaimedRecords> ClaimAsync(V1Request request, IGroupedLog log, GroupClaim claim)
    {
        if (claim.Wait == TimeSpan.Zero) return await log.ClaimAsync(claim, request.Aborted).ConfigureAwait(false);
        if (!waits.TryEnter()) throw Records.RecordsResource.TooManyWait();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, waits.Stopping);
        try
        {
            return await log.ClaimAsync(claim, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            return await log.ClaimAsync(claim with { Wait = TimeSpan.Zero }, request.Aborted).ConfigureAwait(false);
        }
        finally
        {
            waits.Leave();
        }
    }

    private static List<Sequence> SequencesOf(RecordPage page)
    {
        var sequences = new List<Sequence>();
        foreach (var record in page) sequences.Add(record.Sequence);
        return sequences;
    }

    private static Task ShowAsync(V1Request request, ClaimedRecords claimed, int status) => V1Answers.SendAsync(
        request.Response,
        status,
        json => ClaimJson.Write(json, claimed.Id, claimed.Id is null ? null : claimed.VisibleAgainAt, claimed.Records, index => claimed.DeliveryCounts[index]));
}
