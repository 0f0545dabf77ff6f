using System.Net;
using System.Text.Json;
using Mesh.Testing.Http;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>What Zaqar's users find working at any gateway, without an option.</summary>
public sealed class ZaqarTests(TwoByTwo processes) : IClassFixture<TwoByTwo>, IDisposable
{
    private readonly HttpClient _client = new();

    private MeshProcess First => processes.Cluster.Gateways[0];

    private MeshProcess Second => processes.Cluster.Gateways[1];

    public void Dispose() => _client.Dispose();

    [PostgresFact]
    public async Task A_URL_that_one_gateway_signed_opens_at_the_other()
    {
        using var shared = await SendAsync(First, HttpMethod.Post, "shared/share", "{}");
        var url = JsonDocument.Parse(await shared.Content.ReadAsStringAsync()).RootElement;
        using var opened = await SendAsync(
            Second, HttpMethod.Get, "shared/messages", null,
            ("URL-Signature", url.GetProperty("signature").GetString()!), ("URL-Expires", url.GetProperty("expires").GetString()!), ("URL-Methods", "GET"), ("URL-Paths", "/v2/queues/shared/messages"));
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    [PostgresFact]
    public async Task A_webhook_on_this_machine_is_told_of_what_is_posted_at_either_gateway()
    {
        await using var hook = await Webhook.StartAsync();
        using var subscribed = await SendAsync(First, HttpMethod.Post, "told/subscriptions", $$"""{"subscriber":"{{hook.Url}}"}""");
        Assert.Equal(HttpStatusCode.Created, subscribed.StatusCode);
        foreach (var gateway in new[] { First, Second })
        {
            using var posted = await SendAsync(gateway, HttpMethod.Post, "told/messages", """{"messages":[{"body":"hello"}]}""");
            Assert.Equal("hello", (await hook.NextAsync()).Json().GetProperty("body").GetString());
        }
    }

    private async Task<HttpResponseMessage> SendAsync(MeshProcess gateway, HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Http, $"v2/queues/{path}")) { Content = json is null ? null : new StringContent(json) };
        request.Headers.Add("Client-ID", "3381af92-2b9e-11e3-b191-71861300734c");
        request.Headers.Add("X-Project-ID", "demo");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await _client.SendAsync(request);
    }
}
