using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Pools;

/// <summary>
/// The stores over which queues are spread (Zaqar specification, section 1.13). For admins alone, who also see where the stores are. Thread-safe.
/// </summary>
internal sealed class PoolsResource(IMesh mesh, ZaqarOptions options)
{
    public async Task ListAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        var page = PageQuery.Read(request.Query, options);
        var pools = await mesh.Pools.ListAsync(page.Marker, page.Limit, request.Aborted).ConfigureAwait(false);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteStartArray("pools"u8);
        foreach (var pool in pools) Write(answer.Json, request, pool, page.Detailed);
        answer.Json.WriteEndArray();
        if (pools.Count == 0) ZaqarLinks.WriteNone(answer.Json);
        else ZaqarLinks.WriteNext(answer.Json, page.Next(request.Paths.Pools, pools[^1].Name));
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task GetAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        await ShowAsync(request, await RequireAsync(request).ConfigureAwait(false), PageQuery.Read(request.Query, options).Detailed).ConfigureAwait(false);
    }

    /// <summary>Adds or replaces a pool; what is not said is as in a new one.</summary>
    public async Task PutAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        RequestRules.CheckName(request.Route.Id, "pool");
        var said = await ReadAsync(request).ConfigureAwait(false);
        if (said.Uri is not { } uri || said.Weight is not { } weight) throw ZaqarRefusal.Request("A pool needs its uri and its weight.");
        var pool = new Pool(request.Route.Id, uri, weight, said.Flavor is { Length: > 0 } flavor ? flavor : null, said.Options);
        request.Response.Headers.Location = request.Paths.OfPool(pool.Name);
        await AnswerAsync(request, await mesh.Pools.PutAsync(pool, request.Aborted).ConfigureAwait(false), StatusCodes.Status201Created).ConfigureAwait(false);
    }

    public async Task PatchAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        var said = await ReadAsync(request).ConfigureAwait(false);
        if (said.SaysNothing) throw ZaqarRefusal.Request("A change of a pool names its uri, weight, flavor or options.");
        var before = await RequireAsync(request).ConfigureAwait(false);
        var pool = before with
        {
            Uri = said.Uri ?? before.Uri,
            Weight = said.Weight ?? before.Weight,
            Flavor = said.Flavor is { } flavor ? (flavor.Length > 0 ? flavor : null) : before.Flavor,
            Options = said.Options ?? before.Options,
        };
        if (ErrorMap.Of(await mesh.Pools.PutAsync(pool, request.Aborted).ConfigureAwait(false)) is { } failure)
            await ZaqarAnswers.FailAsync(request.Response, failure).ConfigureAwait(false);
        else await ShowAsync(request, pool, detailed: true).ConfigureAwait(false);
    }

    public async Task DeleteAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        await AnswerAsync(request, await mesh.Pools.DeleteAsync(request.Route.Id, request.Aborted).ConfigureAwait(false), StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    internal static Task AnswerAsync(ZaqarRequest request, PoolChange change, int status) =>
        ErrorMap.Of(change) is { } failure ? ZaqarAnswers.FailAsync(request.Response, failure) : ZaqarAnswers.EmptyAsync(request.Response, status);

    private static Task ShowAsync(ZaqarRequest request, Pool pool, bool detailed)
    {
        var answer = AnswerBuffer.Rent();
        Write(answer.Json, request, pool, detailed);
        return answer.SendAsync(request.Response, StatusCodes.Status200OK);
    }

    private static void Write(Utf8JsonWriter json, ZaqarRequest request, Pool pool, bool detailed)
    {
        json.WriteStartObject();
        json.WriteString("href"u8, request.Paths.OfPool(pool.Name));
        json.WriteString("name"u8, pool.Name);
        json.WriteString("uri"u8, pool.Uri);
        json.WriteNumber("weight"u8, pool.Weight);
        if (pool.Flavor is { } flavor) json.WriteString("flavor"u8, flavor);
        else json.WriteNull("flavor"u8);
        if (detailed)
        {
            json.WritePropertyName("options"u8);
            json.WriteRawValue(pool.Options.IsEmpty ? "{}"u8 : pool.Options.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private async ValueTask<Pool> RequireAsync(ZaqarRequest request) =>
        await mesh.Pools.FindAsync(request.Route.Id, request.Aborted).ConfigureAwait(false) ?? throw ZaqarRefusal.NotFound($"There is no pool {request.Route.Id}.");

    private async ValueTask<PoolBody> ReadAsync(ZaqarRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        return PoolBody.Parse(body.Span, options.JsonDepthMax);
    }
}
