using System.Text;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>One client of a project: sends its two headers with every request.</summary>
public sealed class ZaqarCaller(HttpClient http, string project, string clientId)
{
    public const string PatchType = "application/openstack-messaging-v2.0-json-patch";

    public Task<ZaqarAnswer> GetAsync(string path) => SendAsync("GET", path);

    public Task<ZaqarAnswer> DeleteAsync(string path) => SendAsync("DELETE", path);

    public Task<ZaqarAnswer> PutAsync(string path, string? json = null) => SendAsync("PUT", path, json);

    public Task<ZaqarAnswer> PostAsync(string path, string? json = null) => SendAsync("POST", path, json);

    public Task<ZaqarAnswer> PatchAsync(string path, string? json, string type = "application/json") => SendAsync("PATCH", path, json, type);

    /// <summary>Changes a queue's metadata.</summary>
    public Task<ZaqarAnswer> PatchQueueAsync(string queue, string json) => PatchAsync($"/v2/queues/{queue}", json, PatchType);

    /// <summary>Posts messages whose bodies are the numbers from 0.</summary>
    /// <returns>Their paths.</returns>
    public Task<string[]> PostNumbersAsync(string queue, int count, int ttl = 300) =>
        PostMessagesAsync(queue, string.Join(',', Enumerable.Range(0, count).Select(n => $$"""{"ttl":{{ttl}},"body":{{n}}}""")));

    /// <summary>Posts what stands within <c>{"messages":[…]}</c>, which must be taken.</summary>
    /// <returns>The paths of the messages.</returns>
    public async Task<string[]> PostMessagesAsync(string queue, string messages)
    {
        var answer = await PostAsync($"/v2/queues/{queue}/messages", $$"""{"messages":[{{messages}}]}""");
        return [.. answer.Json(201).GetProperty("resources").EnumerateArray().Select(each => each.GetString()!)];
    }

    /// <summary>Claims, which must yield something.</summary>
    public async Task<ZaqarAnswer> ClaimAsync(string queue, int limit = 10, int ttl = 300, int grace = 100)
    {
        var answer = await PostAsync($"/v2/queues/{queue}/claims?limit={limit}", $$"""{"ttl":{{ttl}},"grace":{{grace}}}""");
        Assert.Equal(201, answer.Status);
        return answer;
    }

    public Task<ZaqarAnswer> SendAsync(string method, string path, string? json = null, string type = "application/json", bool withHeaders = true, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        else if (type != "application/json")
        {
            request.Content = new ByteArrayContent([]);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (withHeaders)
        {
            request.Headers.TryAddWithoutValidation("Client-ID", clientId);
            request.Headers.TryAddWithoutValidation("X-Project-ID", project);
        }

        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return ZaqarAnswer.OfAsync(http, request);
    }
}
