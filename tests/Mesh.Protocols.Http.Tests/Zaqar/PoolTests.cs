using System.Text.Json;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Testing.Storage;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Pools, flavors and their health over HTTP (Zaqar specification, section 1.13).</summary>
public sealed class PoolTests : IAsyncLifetime
{
    private static readonly (string, string)[] Admin = [("X-Roles", "member, admin")];
    private readonly PoolSet _pools = PoolSet.InMemory();
    private ZaqarServer _server = null!;

    public async Task InitializeAsync() => _server = await ZaqarServer.StartAsync(pools: _pools);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("v1")]
    [InlineData("v1.1")]
    [InlineData("v2")]
    public async Task A_pool_is_added_shown_changed_listed_and_deleted(string version)
    {
        var uri = await _pools.NewUriAsync();
        var added = await AdminAsync("PUT", $"/{version}/pools/a", $$$"""{"uri":"{{{uri}}}","weight":7,"options":{"k":[1]}}""");
        Assert.Equal((201, $"/{version}/pools/a"), (added.Status, added.Location));
        var shown = (await AdminAsync("GET", $"/{version}/pools/a?detailed=true")).Json();
        Assert.Equal($$$"""{"href":"/{{{version}}}/pools/a","name":"a","uri":"{{{uri}}}","weight":7,"flavor":null,"options":{"k":[1]}}""", shown.GetRawText());
        Assert.False((await AdminAsync("GET", $"/{version}/pools/a")).Json().TryGetProperty("options", out _));
        var changed = await AdminAsync("PATCH", $"/{version}/pools/a", """{"weight":0,"flavor":"gold"}""");
        Assert.Equal((0, "gold", uri), (changed.Json().GetProperty("weight").GetInt32(), changed.Json().GetProperty("flavor").GetString(), changed.Json().GetProperty("uri").GetString()));
        await AddAsync("b", 1);
        var page = (await AdminAsync("GET", $"/{version}/pools?limit=1")).Json();
        Assert.Equal("a", Assert.Single(page.GetProperty("pools").EnumerateArray()).GetProperty("name").GetString());
        var next = page.GetProperty("links")[0].GetProperty("href").GetString()!;
        Assert.Equal("b", Assert.Single((await AdminAsync("GET", next)).Json().GetProperty("pools").EnumerateArray()).GetProperty("name").GetString());
        foreach (var name in new[] { "a", "a", "b" }) Assert.Equal(204, (await AdminAsync("DELETE", $"/{version}/pools/{name}")).Status);
        Assert.Equal("""{"pools":[],"links":[]}""", (await AdminAsync("GET", $"/{version}/pools")).Body);
        foreach (var method in new[] { "GET", "PATCH" }) Assert.Equal("Not found", (await AdminAsync(method, $"/{version}/pools/a", method == "GET" ? null : """{"weight":1}""")).Error(404));
    }

    [Fact]
    public async Task Only_admins_see_and_change_pools_and_change_flavors()
    {
        await AddAsync("a", 1);
        Assert.Equal(201, (await AdminAsync("PUT", "/v2/flavors/gold", """{"pool_list":["a"]}""")).Status);
        foreach (var (method, path) in new[] { ("GET", "/v2/pools"), ("GET", "/v2/pools/a"), ("PUT", "/v2/pools/a"), ("PATCH", "/v2/pools/a"), ("DELETE", "/v2/pools/a"), ("PUT", "/v2/flavors/f"), ("PATCH", "/v2/flavors/f"), ("DELETE", "/v2/flavors/f"), ("GET", "/v2/health") })
            Assert.Equal("Not authorized", (await _server.Client.SendAsync(method, path, method is "PUT" or "PATCH" ? "{}" : null)).Error(403));
        foreach (var path in new[] { "/v2/flavors", "/v2/flavors/gold", "/v1.1/flavors/gold" }) Assert.Equal(200, (await _server.Client.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("""{"weight":1}""")]
    [InlineData("""{"uri":"memory:9"}""")]
    [InlineData("""{"uri":"memory:9","weight":-1}""")]
    [InlineData("""{"uri":"memory:9","weight":"1"}""")]
    [InlineData("""{"uri":"memory:9","weight":2147483648}""")]
    [InlineData("""{"uri":9,"weight":1}""")]
    [InlineData("""{"uri":"","weight":1}""")]
    [InlineData("""{"uri":"memory:9","weight":1,"options":[]}""")]
    [InlineData("""{"uri":"memory:9","weight":1,"flavor":"a b"}""")]
    [InlineData("""{"uri":"memory:9","weight":1,"colour":"red"}""")]
    [InlineData("""{"uri":"nowhere","weight":1}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_pool_of_another_form_is_refused(string body) => Assert.Equal(400, (await AdminAsync("PUT", "/v2/pools/a", body)).Status);

    [Fact]
    public async Task What_the_pools_cannot_do_is_answered_with_the_reason()
    {
        var uri = await AddAsync("a", 1);
        Assert.Equal("Resource conflict", (await AdminAsync("PUT", "/v2/pools/b", $$"""{"uri":"{{uri}}","weight":1}""")).Error(409));
        Assert.Equal(400, (await AdminAsync("PUT", "/v2/pools/a%20b", $$"""{"uri":"memory:9","weight":1}""")).Status);
        Assert.Equal(400, (await AdminAsync("PATCH", "/v2/pools/a", "{}")).Status);
        await _server.Client.PostNumbersAsync("q", 1);
        var held = await AdminAsync("DELETE", "/v2/pools/a");
        Assert.Equal("Unable to delete", held.Error(403));
        Assert.Contains("q", held.Json(403).GetProperty("description").GetString(), StringComparison.Ordinal);
        await _server.Client.DeleteAsync("/v2/queues/q");
        await AdminAsync("PUT", "/v2/flavors/gold", """{"pool_list":["a"]}""");
        Assert.Equal("Unable to delete", (await AdminAsync("DELETE", "/v2/pools/a")).Error(403));
        Assert.Equal(204, (await AdminAsync("DELETE", "/v2/flavors/gold")).Status);
        Assert.Equal(204, (await AdminAsync("DELETE", "/v2/pools/a")).Status);
    }

    [Fact]
    public async Task A_flavor_names_its_pools_and_what_they_can()
    {
        foreach (var name in new[] { "a", "b" }) await AddAsync(name, 1);
        foreach (var body in new[] { """{"pool_list":["a","c"]}""", """{"pool_list":[]}""", """{"pool_list":"a"}""", """{"pool_list":["a"],"x":1}""", "{}" })
            Assert.Equal(400, (await AdminAsync("PUT", "/v2/flavors/gold", body)).Status);
        var put = await AdminAsync("PUT", "/v2/flavors/gold", """{"pool_list":["a","b"]}""");
        Assert.Equal((201, "/v2/flavors/gold"), (put.Status, put.Location));
        const string Shown = """{"href":"/v2/flavors/gold","name":"gold","capabilities":["FIFO","CLAIMS","DURABILITY","AOD","HIGH_THROUGHPUT"],"pool_list":["a","b"]}""";
        Assert.Equal(Shown, (await _server.Client.GetAsync("/v2/flavors/gold")).Body);
        Assert.Equal(Shown, (await _server.Client.GetAsync("/v2/flavors")).Json().GetProperty("flavors")[0].GetRawText());
        Assert.Equal("""["b"]""", (await AdminAsync("PATCH", "/v2/flavors/gold", """{"pool_list":["b"]}""")).Json().GetProperty("pool_list").GetRawText());
        Assert.Equal(404, (await AdminAsync("PATCH", "/v2/flavors/silver", """{"pool_list":["b"]}""")).Status);
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(204, (await AdminAsync("DELETE", "/v2/flavors/gold")).Status);
        Assert.Equal(404, (await _server.Client.GetAsync("/v2/flavors/gold")).Status);
    }

    [Fact]
    public async Task A_queue_of_a_flavor_is_made_in_its_pools_and_works_as_any_other()
    {
        var plain = await AddAsync("plain", 1);
        var gold = await AddAsync("shiny", 1);
        await AdminAsync("PUT", "/v2/flavors/gold", """{"pool_list":["shiny"]}""");
        var missing = await _server.Client.PutAsync("/v2/queues/q", """{"_flavor":"silver"}""");
        Assert.Contains("Flavor silver does not exist", missing.Json(400).GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(201, (await _server.Client.PutAsync("/v2/queues/q", """{"_flavor":"gold"}""")).Status);
        Assert.Equal(400, (await _server.Client.PatchQueueAsync("q", """[{"op":"replace","path":"/metadata/_flavor","value":"silver"}]""")).Status);
        await _server.Client.PostNumbersAsync("q", 3);
        await _server.Client.PostNumbersAsync("r", 1);
        Assert.NotNull(await _pools.Of(gold).FindEntryAsync(StreamName.Queue("q", "p")));
        Assert.NotNull(await _pools.Of(plain).FindEntryAsync(StreamName.Queue("r", "p")));
        Assert.Equal(["q", "r"], (await _server.Client.GetAsync("/v2/queues")).QueueNames());
        Assert.Equal(["0", "1"], (await _server.Client.ClaimAsync("q", limit: 2)).Bodies(201));
        Assert.Equal((2, 1, 3), (await _server.Client.GetAsync("/v2/queues/q/stats")).Counts());
        Assert.Equal(["2"], (await _server.Client.GetAsync("/v2/queues/q/messages?echo=true")).Bodies());
    }

    [Fact]
    public async Task Without_pools_a_flavor_asks_for_nothing() =>
        Assert.Equal(201, (await _server.Client.PutAsync("/v2/queues/q", """{"_flavor":"gold"}""")).Status);

    [Fact]
    public async Task Health_shows_each_pool()
    {
        await AddAsync("good", 1);
        var bad = await AddAsync("bad", 1);
        _pools.Of(bad).IsAway = true;
        var health = (await AdminAsync("GET", "/v2/health")).Json();
        Assert.Equal(["catalog_reachable", "bad", "good"], health.EnumerateObject().Select(each => each.Name));
        Assert.True(health.GetProperty("catalog_reachable").GetBoolean());
        Assert.True(health.GetProperty("good").GetProperty("storage_reachable").GetBoolean());
        Assert.All(health.GetProperty("good").GetProperty("operation_status").EnumerateObject(), each => Assert.True(each.Value.GetProperty("succeeded").GetBoolean()));
        Assert.False(health.GetProperty("bad").GetProperty("storage_reachable").GetBoolean());
        Assert.False(health.GetProperty("bad").GetProperty("operation_status").GetProperty("post_messages").GetProperty("succeeded").GetBoolean());
        _pools.Of(bad).IsAway = false;
        foreach (var name in new[] { "bad", "good" }) Assert.Equal(204, (await AdminAsync("DELETE", $"/v2/pools/{name}")).Status);
    }

    [Fact]
    public async Task Where_they_are_not_offered_there_is_no_such_path()
    {
        await using var server = await ZaqarServer.StartAsync(new ZaqarOptions { PoolsAreOpen = false }, pools: _pools);
        foreach (var path in new[] { "/v2/pools", "/v2/pools/a", "/v2/flavors", "/v2/flavors/a", "/v1/pools" })
            Assert.Equal(404, (await server.Client.SendAsync("GET", path, headers: Admin)).Status);
        Assert.DoesNotContain("pools", (await server.Client.GetAsync("/v2/")).Body, StringComparison.Ordinal);
        Assert.Contains("/v2/pools/{pool_name}", (await _server.Client.GetAsync("/v2/")).Body, StringComparison.Ordinal);
    }

    private async Task<string> AddAsync(string name, int weight)
    {
        var uri = await _pools.NewUriAsync();
        Assert.Equal(201, (await AdminAsync("PUT", $"/v2/pools/{name}", JsonSerializer.Serialize(new { uri, weight }))).Status);
        return uri;
    }

    private Task<ZaqarAnswer> AdminAsync(string method, string path, string? json = null) => _server.Client.SendAsync(method, path, json, headers: Admin);
}
