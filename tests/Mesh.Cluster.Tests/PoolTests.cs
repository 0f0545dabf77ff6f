using System.Net;
using System.Text.Json;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>Queues over several databases, which every silo opens when it needs them.</summary>
public sealed class PoolTests : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(2) };

    public void Dispose() => _client.Dispose();

    [PostgresFact]
    public async Task Queues_in_pools_outlive_the_silo_that_held_them()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Silos, silos: 2, gateways: 2);
        var (first, second) = (cluster.Gateways[0], cluster.Gateways[1]);
        foreach (var pool in new[] { "one", "two" })
            Assert.Equal(HttpStatusCode.Created, (await SendAsync(first, HttpMethod.Put, $"pools/{pool}", new { uri = await PostgresServer.NewDatabaseAsync(), weight = 1 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(first, HttpMethod.Put, "pools/file", new { uri = "./pool.db", weight = 1 })).Status);
        for (var i = 0; i < 8; i++)
            Assert.Equal(HttpStatusCode.Created, (await SendAsync(i % 2 == 0 ? first : second, HttpMethod.Post, $"queues/q{i}/messages", new { messages = new[] { new { body = i } } })).Status);
        cluster.Silos[0].KillHard();
        for (var i = 0; i < 8; i++)
        {
            var listed = await SendAsync(i % 2 == 0 ? second : first, HttpMethod.Get, $"queues/q{i}/messages?echo=true", null);
            Assert.Equal(i, JsonDocument.Parse(listed.Body).RootElement.GetProperty("messages")[0].GetProperty("body").GetInt32());
        }

        var health = JsonDocument.Parse((await SendAsync(second, HttpMethod.Get, "health", null)).Body).RootElement;
        foreach (var pool in new[] { "one", "two" }) Assert.True(health.GetProperty(pool).GetProperty("storage_reachable").GetBoolean());
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(MeshProcess gateway, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Http, $"v2/{path}")) { Content = body is null ? null : new StringContent(JsonSerializer.Serialize(body)) };
        request.Headers.Add("Client-ID", "3381af92-2b9e-11e3-b191-71861300734c");
        request.Headers.Add("X-Project-ID", "demo");
        request.Headers.Add("X-Roles", "admin");
        using var answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
