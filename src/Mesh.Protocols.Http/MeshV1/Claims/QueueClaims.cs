using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.Claims;

/// <summary>Claims records of queues, extends and releases claims, and acknowledges what they hold. Thread-safe.</summary>
internal sealed class QueueClaims(Waits waits, TimeProvider clock)
{
    public async Task PostAsync(V1Request request)
    {
        var queue = QueueOf(request);
        var wait = new V1Query(request.Http.Query, "wait").Wait();
        using var fields = await V1Fields.ReadAsync(request, ClaimTermFields.Limit, ClaimTermFields.Timeout, ClaimTermFields.Grace).ConfigureAwait(false);
        var terms = ClaimTermFields.Of(fields);
        var claimed = await ClaimAsync(request, queue, ClaimTermFields.LimitOf(fields), terms, wait).ConfigureAwait(false);

        // Nobody is left to be told: others need not wait until the claim ends.
        if (claimed.Id is { } id && request.Aborted.IsCancellationRequested) await queue.ReleaseAsync(id, CancellationToken.None).ConfigureAwait(false);
        if (claimed.Id is { } made) request.Response.Headers.Location = request.PathOf(request.Stream.Address, $"/claims/{made}");
        await V1Answers.SendAsync(
            request.Response,
            claimed.Id is null ? StatusCodes.Status200OK : StatusCodes.Status201Created,
            json => ClaimJson.Write(
                json, claimed.Id, claimed.Id is null ? null : claimed.Page.Now.Plus(terms.VisibilityTimeout), claimed.Page.Records, index => claimed.Page.States[index].DeliveryCount)).ConfigureAwait(false);
    }

    public async Task GetAsync(V1Request request)
    {
        var view = await QueueOf(request).FindClaimAsync(ClaimJson.IdOf(request.Segments[3]), request.Aborted).ConfigureAwait(false) ?? throw ClaimJson.Gone(request.Segments[3]);
        await V1Answers.SendAsync(
            request.Response,
            StatusCodes.Status200OK,
            json => ClaimJson.Write(
                json, view.Id, view.Page.Now.Plus(view.VisibilityTimeout - view.Age), view.Page.Records, index => view.Page.States[index].DeliveryCount)).ConfigureAwait(false);
    }

    public async Task PatchAsync(V1Request request)
    {
        using var fields = await V1Fields.ReadAsync(request, ClaimTermFields.Timeout, ClaimTermFields.Grace).ConfigureAwait(false);
        var extended = await QueueOf(request).ExtendAsync(ClaimJson.IdOf(request.Segments[3]), ClaimTermFields.Of(fields), request.Aborted).ConfigureAwait(false);
        if (!extended) throw ClaimJson.Gone(request.Segments[3]);
        await V1Answers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    public async Task DeleteAsync(V1Request request)
    {
        await QueueOf(request).ReleaseAsync(ClaimJson.IdOf(request.Segments[3]), request.Aborted).ConfigureAwait(false);
        await V1Answers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>Acknowledges records of a claim; without a list, all that it holds.</summary>
    public async Task AckAsync(V1Request request)
    {
        var queue = QueueOf(request);
        var claim = ClaimJson.IdOf(request.Segments[3]);
        using var fields = await V1Fields.ReadAsync(request, "sequences").ConfigureAwait(false);
        var sequences = fields.Sequences("sequences") ?? await HeldAsync(queue, claim, request).ConfigureAwait(false);

        // All are on their way at once, and travel in one commit.
        var results = await Task.WhenAll(sequences.Select(sequence => queue.AckAsync(sequence, claim, request.Aborted).AsTask())).ConfigureAwait(false);
        await V1Answers.SendAsync(request.Response, StatusCodes.Status200OK, json => ClaimJson.WriteResults(json, sequences, results)).ConfigureAwait(false);
    }

    private static IQueue QueueOf(V1Request request)
    {
        var stream = request.Stream;
        return stream.Log as IQueue
            ?? throw V1Refusal.Invalid($"Only queues are claimed from without a group; {stream.Address} is none. Post to …/groups/{{group}}/claims instead.");
    }

    private static async ValueTask<IReadOnlyList<Sequence>> HeldAsync(IQueue queue, ClaimId claim, V1Request request)
    {
        var view = await queue.FindClaimAsync(claim, request.Aborted).ConfigureAwait(false) ?? throw ClaimJson.Gone(request.Segments[3]);
        var sequences = new List<Sequence>();
        foreach (var record in view.Page.Records) sequences.Add(record.Sequence);
        return sequences;
    }

    private async ValueTask<ClaimResult> ClaimAsync(V1Request request, IQueue queue, int limit, ClaimTerms terms, TimeSpan wait)
    {
        var claimed = await queue.ClaimAsync(limit, terms, request.Aborted).ConfigureAwait(false);
        if (claimed.Id is not null || wait == TimeSpan.Zero) return claimed;
        if (!waits.TryEnter()) throw Records.RecordsResource.TooManyWait();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, waits.Stopping);
        try
        {
            var since = clock.GetTimestamp();
            for (long seen = 0; ;)
            {
                var left = wait - clock.GetElapsedTime(since);
                var changed = left > TimeSpan.Zero ? await queue.WaitChangeAsync(seen, left, end.Token).ConfigureAwait(false) : seen;
                claimed = await queue.ClaimAsync(limit, terms, request.Aborted).ConfigureAwait(false);
                if (claimed.Id is not null || changed == seen) return claimed;
                seen = changed;
            }
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            return claimed;
        }
        finally
        {
            waits.Leave();
        }
    }
}
