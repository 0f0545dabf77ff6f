using Mesh.Protocols.Http.Zaqar.Sealing;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Claims messages of one queue, and renews and releases claims (Zaqar specification, sections 1.5 and 2.3). Thread-safe.</summary>
internal sealed class ClaimsResource(IMesh mesh, ZaqarOptions options, BodyWriter bodies, LongPoll poll)
{
    /// <summary>Claims made in a row by one request that hold nothing but what cannot be decrypted here; after that it is answered as if nothing were free.</summary>
    private const int UnreadableClaimsMax = 20;

    /// <returns>Null for a text that is no id of a claim.</returns>
    public static ClaimId? ParseId(string text) => Guid.TryParseExact(text, "N", out var id) ? new ClaimId(id) : null;

    public async Task PostAsync(ZaqarRequest request)
    {
        var (limit, wait) = ReadQuery(request.Query);
        var terms = await ReadTermsAsync(request, isRenewal: false).ConfigureAwait(false);
        var claimed = await ClaimAsync(request, limit, terms, wait).ConfigureAwait(false);
        if (claimed is not { Id: { } claim, Page: var page })
        {
            await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
            return;
        }

        // Nobody is left to be told: others need not wait until the claim ends.
        if (request.Aborted.IsCancellationRequested) await request.QueueIn(mesh).ReleaseAsync(claim, CancellationToken.None).ConfigureAwait(false);
        request.Response.Headers.Location = request.Paths.OfClaim(request.QueueName, claim);
        var answer = AnswerBuffer.Rent();
        new MessageJson(answer.Json, request, bodies, showsClaims: true).WriteAnswer(page);
        await answer.SendAsync(request.Response, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    public async Task GetAsync(ZaqarRequest request)
    {
        var claim = ParseId(request.Route.Id) is { } id ? await request.QueueIn(mesh).FindClaimAsync(id, request.Aborted).ConfigureAwait(false) : null;
        if (claim is null) throw Missing(request);
        request.NameLocation();
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteNumber("age"u8, claim.Age.Ticks / TimeSpan.TicksPerSecond);
        answer.Json.WriteNumber("ttl"u8, claim.VisibilityTimeout.Ticks / TimeSpan.TicksPerSecond);
        new MessageJson(answer.Json, request, bodies, showsClaims: true).WriteList(bodies.Readable(claim.Page, request.Project));
        answer.Json.WriteString("href"u8, request.Paths.OfClaim(request.QueueName, claim.Id));
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task PatchAsync(ZaqarRequest request)
    {
        var terms = await ReadTermsAsync(request, isRenewal: true).ConfigureAwait(false);
        var renewed = ParseId(request.Route.Id) is { } claim && await request.QueueIn(mesh).ExtendAsync(claim, terms, request.Aborted).ConfigureAwait(false);
        if (!renewed) throw Missing(request);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    public async Task DeleteAsync(ZaqarRequest request)
    {
        if (ParseId(request.Route.Id) is { } claim) await request.QueueIn(mesh).ReleaseAsync(claim, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private Task<ClaimResult?> ClaimAsync(ZaqarRequest request, int limit, ClaimTerms terms, TimeSpan wait) => request.Addressed is { } queue && wait > TimeSpan.Zero
        ? poll.WithinAsync(request, async end => (ClaimResult?)await queue.ClaimAsync(limit, terms, wait, end).ConfigureAwait(false))
        : poll.FindAsync(request.QueueIn(mesh), request, wait, () => ClaimReadableAsync(request, limit, terms));

    /// <summary>
    /// Claims, and leaves out of the answer what cannot be decrypted here. That stays claimed until the claim ends, so that it does not stand in the way of the others;
    /// a claim that holds nothing else is not shown, and the next one goes past it.
    /// </summary>
    /// <returns>Null when nothing is to be had.</returns>
    private async Task<ClaimResult?> ClaimReadableAsync(ZaqarRequest request, int limit, ClaimTerms terms)
    {
        for (var left = UnreadableClaimsMax; ; left--)
        {
            var result = await request.QueueIn(mesh).ClaimAsync(limit, terms, request.Aborted).ConfigureAwait(false);
            var page = bodies.Readable(result.Page, request.Project);
            if (page.Records.Count > 0) return result with { Page = page };
            if (result.Id is null || left == 0) return null;
        }
    }

    private (int Limit, TimeSpan Wait) ReadQuery(ZaqarQuery query)
    {
        var limit = options.ClaimDefault;
        var wait = TimeSpan.Zero;
        foreach (var parameter in query)
        {
            var value = parameter.DecodeValue().Span;
            if (value.IsEmpty) continue;
            var name = parameter.DecodeName().Span;
            if (name is "limit") limit = ZaqarQuery.Count("limit", value, options.ClaimMax);
            else if (name is "wait") wait = ZaqarQuery.Wait(value, options.WaitSecondsMax);
        }

        return (limit, wait);
    }

    private async ValueTask<ClaimTerms> ReadTermsAsync(ZaqarRequest request, bool isRenewal)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        return ReadTerms(body.Span, request.Version, isRenewal);
    }

    private ClaimTerms ReadTerms(ReadOnlySpan<byte> json, ApiVersion version, bool isRenewal)
    {
        long? givenTtl = null;
        long? givenGrace = null;
        if (!json.IsEmpty)
        {
            var body = new JsonBody(json, options.JsonDepthMax);
            body.BeginObject("The body");
            while (body.NextName())
            {
                var isTtl = body.NameIs("ttl"u8);
                var isGrace = body.NameIs("grace"u8);
                body.Next();
                if (isTtl) givenTtl = ReadSeconds("ttl", body);
                if (isGrace) givenGrace = ReadSeconds("grace", body);
                body.Skip();
            }

            body.End();
        }

        var ttl = givenTtl ?? (version.TermsAreRequired ? throw NotGiven("ttl") : options.ClaimTtlSecondsDefault);
        var grace = givenGrace ?? DefaultGrace(version, isRenewal);
        CheckSeconds("ttl", ttl);

        // A renewal takes any grace; what is out of bounds counts as the nearest bound.
        if (isRenewal) grace = Math.Clamp(grace, 0, options.ClaimSecondsMax);
        else CheckSeconds("grace", grace);
        return new ClaimTerms(TimeSpan.FromSeconds(ttl), TimeSpan.FromSeconds(grace));
    }

    private long DefaultGrace(ApiVersion version, bool isRenewal)
    {
        if (!version.TermsAreRequired) return options.ClaimGraceSecondsDefault;
        return isRenewal ? 0 : throw NotGiven("grace");
    }

    private void CheckSeconds(string field, long seconds)
    {
        if (seconds < options.ClaimSecondsMin || seconds > options.ClaimSecondsMax)
            throw ZaqarRefusal.Request($"The {field} of a claim must be {options.ClaimSecondsMin} to {options.ClaimSecondsMax} seconds; it is {seconds}.");
    }

    private static long ReadSeconds(string field, in JsonBody body) =>
        body.ReadInteger() ?? throw ZaqarRefusal.Body($"The {field} of a claim must be an integer of seconds.");

    private static ZaqarRefusal NotGiven(string field) => ZaqarRefusal.Body($"The body must say the {field} of the claim, an integer of seconds.");

    private static ZaqarRefusal Missing(ZaqarRequest request) =>
        ZaqarRefusal.NotFound($"There is no claim {request.Route.Id} on the queue {request.QueueName}; it may have expired or been released.");
}
