using Mesh.Protocols.Http.MeshV1.Claims;
using Mesh.Protocols.Http.MeshV1.Records;
using Mesh.Protocols.Http.MeshV1.Requests;
using Mesh.Protocols.Http.MeshV1.Streams;
using Mesh.Protocols.Http.MeshV1.Tails;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>Everything that mesh.v1 answers: a line for each operation. Thread-safe.</summary>
internal sealed class V1Routes
{
    private V1Routes(IReadOnlyList<V1Route> all) => All = all;

    public IReadOnlyList<V1Route> All { get; }

    public static V1Routes Of(IMesh mesh, MeshV1Options options, Waits waits, TimeProvider clock)
    {
        var streams = new StreamsResource(mesh);
        var records = new RecordsResource(waits, clock);
        var publish = new PublishResource(mesh, options);
        var tails = new TailResource(waits);
        var claims = new QueueClaims(waits, clock);
        var letters = new DeadLetterResource(mesh);
        var groups = new GroupsResource();
        var groupClaims = new GroupClaims(waits);
        var requests = new RequestResource(mesh, options, waits, clock);
        var scheduled = new ScheduledResource(mesh, publish);
        return new V1Routes(
        [
            new("GET", "/streams", streams.ListAsync),
            new("PUT", "/streams/{address}", streams.PutAsync),
            new("GET", "/streams/{address}", streams.GetAsync),
            new("PATCH", "/streams/{address}", streams.PatchAsync),
            new("DELETE", "/streams/{address}", streams.DeleteAsync),
            new("GET", "/streams/{address}/records", records.GetAsync),
            new("POST", "/streams/{address}/records", publish.PostAsync),
            new("GET", "/streams/{address}/records/{sequence}", records.GetOneAsync),
            new("GET", "/streams/{address}/tail", tails.GetAsync),
            new("POST", "/streams/{address}/requests", requests.PostAsync),
            new("POST", "/streams/{address}/claims", claims.PostAsync),
            new("GET", "/streams/{address}/claims/{claim}", claims.GetAsync),
            new("PATCH", "/streams/{address}/claims/{claim}", claims.PatchAsync),
            new("DELETE", "/streams/{address}/claims/{claim}", claims.DeleteAsync),
            new("POST", "/streams/{address}/claims/{claim}/acks", claims.AckAsync),
            new("GET", "/streams/{address}/dead-letters", letters.GetAsync),
            new("POST", "/streams/{address}/dead-letters/redrive", letters.RedriveAsync),
            new("GET", "/streams/{address}/groups", groups.ListAsync),
            new("PUT", "/streams/{address}/groups/{group}", groups.PutAsync),
            new("GET", "/streams/{address}/groups/{group}", groups.GetAsync),
            new("PATCH", "/streams/{address}/groups/{group}", groups.PatchAsync),
            new("DELETE", "/streams/{address}/groups/{group}", groups.DeleteAsync),
            new("POST", "/streams/{address}/groups/{group}/claims", groupClaims.PostAsync),
            new("GET", "/streams/{address}/groups/{group}/claims/{claim}", groupClaims.GetAsync),
            new("PATCH", "/streams/{address}/groups/{group}/claims/{claim}", groupClaims.PatchAsync),
            new("DELETE", "/streams/{address}/groups/{group}/claims/{claim}", groupClaims.DeleteAsync),
            new("POST", "/streams/{address}/groups/{group}/claims/{claim}/acks", groupClaims.AckAsync),
            new("POST", "/streams/{address}/scheduled", scheduled.PostAsync),
            new("GET", "/scheduled", scheduled.ListAsync),
            new("DELETE", "/scheduled/{id}", scheduled.DeleteAsync),
        ]);
    }

    /// <exception cref="V1Refusal">There is nothing of the path, or not for the method.</exception>
    public Task RunAsync(V1Request request)
    {
        List<string>? others = null;
        foreach (var route in All)
        {
            if (!route.Matches(request.Segments)) continue;
            if (route.Method == request.Http.Method) return route.Run(request);
            (others ??= []).Add(route.Method);
        }

        if (others is null) throw Missing(request.Segments);
        var allowed = string.Join(", ", others);
        request.Response.Headers.Allow = allowed;
        throw new V1Refusal(StatusCodes.Status405MethodNotAllowed, "method-not-allowed", $"{request.Http.Method} means nothing here; allowed are {allowed}.");
    }

    private static V1Refusal Missing(IReadOnlyList<string> segments) => V1Refusal.NotFound(
        segments is ["streams", ..]
            ? $"There is nothing at /{string.Join('/', segments)}. An address is one segment of the path: write its slashes as %2F, as in /streams/channel:acct%2Fagent7/records."
            : $"There is nothing at /{string.Join('/', segments)}. What there is is described at /openapi/v1.json.");
}

/// <summary>One operation.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Path">Below where the interface is mounted; what stands in braces is anything.</param>
/// <param name="Run">Answers it.</param>
internal sealed record V1Route(string Method, string Path, Func<V1Request, Task> Run)
{
    private readonly string[] _segments = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public bool Matches(IReadOnlyList<string> segments)
    {
        if (segments.Count != _segments.Length) return false;
        for (var i = 0; i < segments.Count; i++)
            if (_segments[i][0] != '{' && _segments[i] != segments[i]) return false;
        return true;
    }
}
