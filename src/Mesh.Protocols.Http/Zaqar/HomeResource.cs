using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>What the server offers: versions, the home documents and the ping (Zaqar specification, sections 0 and 1.13). Thread-safe.</summary>
internal sealed class HomeResource(IMesh mesh, ZaqarOptions options)
{
    private readonly Dictionary<ApiVersion, byte[]> _documents = ApiVersion.All.ToDictionary(version => version, version => HomeRelations.ToJson(version, options.PoolsAreOpen));

    public static Task VersionsAsync(ZaqarRequest request)
    {
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteStartArray("versions"u8);
        foreach (var version in ApiVersion.All) Write(answer.Json, version);
        answer.Json.WriteEndArray();
        answer.Json.WriteEndObject();
        return answer.SendAsync(request.Response, StatusCodes.Status300MultipleChoices);
    }

    public async Task HomeAsync(ZaqarRequest request)
    {
        var document = _documents[request.Version];
        request.Response.Headers.CacheControl = "max-age=86400";
        request.Response.ContentType = "application/json-home";
        request.Response.ContentLength = document.Length;
        await request.Response.Body.WriteAsync(document, request.Aborted).ConfigureAwait(false);
    }

    public async Task PingAsync(ZaqarRequest request)
    {
        await StorageProbe.CheckAsync(mesh, request).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, ApiVersion version)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, version.Id);
        json.WriteString("status"u8, version.Status);
        json.WriteString("updated"u8, version.Updated);
        json.WriteStartArray("media-types"u8);
        json.WriteStartObject();
        json.WriteString("base"u8, "application/json"u8);
        json.WriteString("type"u8, $"application/vnd.openstack.messaging-v{version.Id.Replace('.', '_')}+json");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("links"u8);
        json.WriteStartObject();
        json.WriteString("href"u8, version.Paths.Home);
        json.WriteString("rel"u8, "self"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
