using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Claims messages of one queue, and renews and releases claims (Zaqar specification, sections 1.5 and 2.3). Thread-safe.</summary>
internal sealed class ClaimsResource(IMesh mesh, ZaqarOptions options)
{
    /// <returns>Null for a text that is no id of a claim.</returns>
    public static ClaimId? ParseId(string text) => Guid.TryParseExact(text, "N", out var id) ? new ClaimId(id) : null;

    public async Task PostAsync(ZaqarRequest request)
    {
        var limit = ReadLimit(request.Query);
        var terms = await ReadTermsAsync(request, isRenewal: false).ConfigureAwait(false);
        var result = await mesh.Queue(request.Stream).ClaimAsync(limit, terms, request.Aborted).ConfigureAwait(false);
        if (result.Id is not { } claim)
        {
            await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
            return;
        }

        request.Response.Headers.Location = ZaqarPaths.OfClaim(request.QueueName, claim);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        MessageJson.WriteList(answer.Json, request.QueueName, result.Page);
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    public async Task GetAsync(ZaqarRequest request)
    {
        var claim = ParseId(request.Route.Id) is { } id ? await mesh.Queue(request.Stream).FindClaimAsync(id, request.Aborted).ConfigureAwait(false) : null;
        if (claim is null) throw Missing(request);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteNumber("age"u8, claim.Age.Ticks / TimeSpan.TicksPerSecond);
        answer.Json.WriteNumber("ttl"u8, claim.VisibilityTimeout.Ticks / TimeSpan.TicksPerSecond);
        MessageJson.WriteList(answer.Json, request.QueueName, claim.Page);
        answer.Json.WriteString("href"u8, ZaqarPaths.OfClaim(request.QueueName, claim.Id));
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task PatchAsync(ZaqarRequest request)
    {
        var terms = await ReadTermsAsync(request, isRenewal: true).ConfigureAwait(false);
        var renewed = ParseId(request.Route.Id) is { } claim && await mesh.Queue(request.Stream).ExtendAsync(claim, terms, request.Aborted).ConfigureAwait(false);
        if (!renewed) throw Missing(request);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    public async Task DeleteAsync(ZaqarRequest request)
    {
        if (ParseId(request.Route.Id) is { } claim) await mesh.Queue(request.Stream).ReleaseAsync(claim, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private int ReadLimit(ZaqarQuery query)
    {
        var limit = options.ClaimDefault;
        foreach (var parameter in query)
        {
            var value = parameter.DecodeValue().Span;
            if (!value.IsEmpty && parameter.DecodeName().Span is "limit") limit = ZaqarQuery.Count("limit", value, options.ClaimMax);
        }

        return limit;
    }

    private async ValueTask<ClaimTerms> ReadTermsAsync(ZaqarRequest request, bool isRenewal)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, request.Aborted).ConfigureAwait(false);
        return ReadTerms(body.Span, isRenewal);
    }

    private ClaimTerms ReadTerms(ReadOnlySpan<byte> json, bool isRenewal)
    {
        long ttl = options.ClaimTtlSecondsDefault;
        long grace = options.ClaimGraceSecondsDefault;
        if (!json.IsEmpty)
        {
            var body = new JsonBody(json, options.JsonDepthMax);
            body.BeginObject("The body");
            while (body.NextName())
            {
                var isTtl = body.NameIs("ttl"u8);
                var isGrace = body.NameIs("grace"u8);
                body.Next();
                if (isTtl) ttl = ReadSeconds("ttl", body);
                if (isGrace) grace = ReadSeconds("grace", body);
                body.Skip();
            }

            body.End();
        }

        CheckSeconds("ttl", ttl);

        // A renewal takes any grace; what is out of bounds counts as the nearest bound.
        if (isRenewal) grace = Math.Clamp(grace, 0, options.ClaimSecondsMax);
        else CheckSeconds("grace", grace);
        return new ClaimTerms(TimeSpan.FromSeconds(ttl), TimeSpan.FromSeconds(grace));
    }

    private void CheckSeconds(string field, long seconds)
    {
        if (seconds < options.ClaimSecondsMin || seconds > options.ClaimSecondsMax)
            throw ZaqarRefusal.Request($"The {field} of a claim must be {options.ClaimSecondsMin} to {options.ClaimSecondsMax} seconds; it is {seconds}.");
    }

    private static long ReadSeconds(string field, in JsonBody body) =>
        body.ReadInteger() ?? throw ZaqarRefusal.Body($"The {field} of a claim must be an integer of seconds.");

    private static ZaqarRefusal Missing(ZaqarRequest request) =>
        ZaqarRefusal.NotFound($"There is no claim {request.Route.Id} on the queue {request.QueueName}; it may have expired or been released.");
}
