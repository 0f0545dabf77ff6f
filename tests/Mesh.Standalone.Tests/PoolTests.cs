using System.Net;
using System.Text.Json;
using Mesh.Testing;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Standalone.Tests;

/// <summary>Queues over several SQLite files, as a user sets them up, without an option.</summary>
public sealed class PoolTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Queues_are_spread_over_files_and_are_there_after_a_kill()
    {
        await using (var mesh = await OpenAsync())
        {
            await ChangeAsync(mesh, "pools/one", new { uri = _folder.File("one.db"), weight = 1 }, HttpStatusCode.Created);
            await ChangeAsync(mesh, "pools/two", new { uri = _folder.File("two.db"), weight = 1 }, HttpStatusCode.Created);
            await ChangeAsync(mesh, "pools/three", new { uri = "mongodb://db/pool", weight = 1 }, HttpStatusCode.BadRequest);
            await ChangeAsync(mesh, "flavors/gold", new { pool_list = new[] { "two" } }, HttpStatusCode.Created);
            await ChangeAsync(mesh, "queues/jobs", new { _flavor = "gold" }, HttpStatusCode.Created);
            for (var i = 0; i < 3; i++) await ChangeAsync(mesh, "queues/jobs/messages", new { messages = new[] { new { body = i } } }, HttpStatusCode.Created, HttpMethod.Post);
            await ChangeAsync(mesh, "queues/plain/messages", new { messages = new[] { new { body = "a" } } }, HttpStatusCode.Created, HttpMethod.Post);
            mesh.KillHard();
            await mesh.EndAsync();
        }

        await using var again = await OpenAsync();
        var jobs = JsonDocument.Parse(await GetAsync(again, "queues/jobs/messages?echo=true")).RootElement.GetProperty("messages").EnumerateArray();
        Assert.Equal([0, 1, 2], jobs.Select(each => each.GetProperty("body").GetInt32()));
        Assert.Contains("\"jobs\"", await GetAsync(again, "queues"));
        Assert.Contains("\"plain\"", await GetAsync(again, "queues"));
        var health = JsonDocument.Parse(await GetAsync(again, "health")).RootElement;
        foreach (var pool in new[] { "one", "two" }) Assert.True(health.GetProperty(pool).GetProperty("storage_reachable").GetBoolean());
        using var refused = await SendAsync(again, HttpMethod.Delete, "pools/one", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var deleted = await SendAsync(again, HttpMethod.Delete, "queues/plain", null);
        using var removed = await SendAsync(again, HttpMethod.Delete, "pools/one", null);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        again.Terminate();
        var (code, errors) = await again.EndAsync();
        Assert.Equal((0, ""), (code, errors.Trim()));
    }

    [Fact]
    public async Task Where_others_may_say_that_they_are_admins_there_are_no_such_paths()
    {
        await using var mesh = await OpenAsync("--zaqar-pools", "off");
        await ChangeAsync(mesh, "pools/one", new { uri = _folder.File("one.db"), weight = 1 }, HttpStatusCode.NotFound);
        Assert.False(File.Exists(_folder.File("one.db")));
    }

    private Task<MeshProcess> OpenAsync(params string[] more) => Standalone.OpenAsync(_folder.File("mesh.db"), more);

    private async Task ChangeAsync(MeshProcess mesh, string path, object body, HttpStatusCode expected, HttpMethod? method = null)
    {
        using var answer = await SendAsync(mesh, method ?? HttpMethod.Put, path, JsonSerializer.Serialize(body));
        Assert.True(answer.StatusCode == expected, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<string> GetAsync(MeshProcess mesh, string path)
    {
        using var answer = await SendAsync(mesh, HttpMethod.Get, path, null);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(MeshProcess mesh, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, new Uri(mesh.Http, $"v2/{path}")) { Content = json is null ? null : new StringContent(json) };
        request.Headers.Add("Client-ID", "3381af92-2b9e-11e3-b191-71861300734c");
        request.Headers.Add("X-Project-ID", "demo");
        request.Headers.Add("X-Roles", "admin");
        return await _client.SendAsync(request);
    }
}
