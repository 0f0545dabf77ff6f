using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Pools;

/// <summary>Kinds of pools that queues can ask for (Zaqar specification, section 1.13). Anybody may look, admins change. Thread-safe.</summary>
internal sealed class FlavorsResource(IMesh mesh, ZaqarOptions options)
{
    public async Task ListAsync(ZaqarRequest request)
    {
        var page = PageQuery.Read(request.Query, options);
        var flavors = await mesh.Pools.ListFlavorsAsync(page.Marker, page.Limit, request.Aborted).ConfigureAwait(false);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteStartArray("flavors"u8);
        foreach (var flavor in flavors) Write(answer.Json, request, flavor);
        answer.Json.WriteEndArray();
        if (flavors.Count == 0) ZaqarLinks.WriteNone(answer.Json);
        else ZaqarLinks.WriteNext(answer.Json, page.Next(request.Paths.Flavors, flavors[^1].Name));
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task GetAsync(ZaqarRequest request) => await ShowAsync(request, await RequireAsync(request).ConfigureAwait(false)).ConfigureAwait(false);

    public async Task PutAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        RequestRules.CheckName(request.Route.Id, "flavor");
        var pools = await ReadAsync(request).ConfigureAwait(false);
        request.Response.Headers.Location = request.Paths.OfFlavor(request.Route.Id);
        var change = await mesh.Pools.PutFlavorAsync(request.Route.Id, pools, request.Aborted).ConfigureAwait(false);
        await PoolsResource.AnswerAsync(request, change, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    public async Task PatchAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        var pools = await ReadAsync(request).ConfigureAwait(false);
        await RequireAsync(request).ConfigureAwait(false);
        if (ErrorMap.Of(await mesh.Pools.PutFlavorAsync(request.Route.Id, pools, request.Aborted).ConfigureAwait(false)) is { } failure)
            await ZaqarAnswers.FailAsync(request.Response, failure).ConfigureAwait(false);
        else await ShowAsync(request, await RequireAsync(request).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task DeleteAsync(ZaqarRequest request)
    {
        RequestRules.RequireAdmin(request.Context);
        var change = await mesh.Pools.DeleteFlavorAsync(request.Route.Id, request.Aborted).ConfigureAwait(false);
        await PoolsResource.AnswerAsync(request, change, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private static Task ShowAsync(ZaqarRequest request, Flavor flavor)
    {
        var answer = AnswerBuffer.Rent();
        Write(answer.Json, request, flavor);
        return answer.SendAsync(request.Response, StatusCodes.Status200OK);
    }

    private static void Write(Utf8JsonWriter json, ZaqarRequest request, Flavor flavor)
    {
        json.WriteStartObject();
        json.WriteString("href"u8, request.Paths.OfFlavor(flavor.Name));
        json.WriteString("name"u8, flavor.Name);
        WriteTexts(json, "capabilities", Flavor.Capabilities);
        WriteTexts(json, "pool_list", flavor.Pools);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private async ValueTask<Flavor> RequireAsync(ZaqarRequest request) =>
        await mesh.Pools.FindFlavorAsync(request.Route.Id, request.Aborted).ConfigureAwait(false) ?? throw ZaqarRefusal.NotFound($"There is no flavor {request.Route.Id}.");

    private async ValueTask<List<string>> ReadAsync(ZaqarRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        return Parse(body.Span);
    }

    private List<string> Parse(ReadOnlySpan<byte> json)
    {
        List<string>? pools = null;
        var body = new JsonBody(json, options.JsonDepthMax);
        body.BeginObject("The body");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            if (name == "pool_list") pools = body.ReadTexts("The pool_list of a flavor");
            else throw ZaqarRefusal.Request($"A flavor has a pool_list; the body has '{name}'.");
        }

        body.End();
        return pools is { Count: > 0 } ? pools : throw ZaqarRefusal.Request("A flavor needs its pool_list: a JSON array of names of pools, at least one.");
    }
}
