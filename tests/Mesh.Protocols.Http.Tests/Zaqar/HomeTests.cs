using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

public sealed class HomeTests : IAsyncLifetime
{
    private ZaqarServer _server = null!;

    public async Task InitializeAsync() => _server = await ZaqarServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_root_lists_all_versions_without_any_header()
    {
        var versions = (await _server.Client.SendAsync("GET", "/", withHeaders: false)).Json(300).GetProperty("versions").EnumerateArray().ToArray();
        Assert.Equal(["1 DEPRECATED", "1.1 DEPRECATED", "2 CURRENT"], versions.Select(each => $"{each.GetProperty("id")} {each.GetProperty("status")}"));
        Assert.Equal(["/v1/", "/v1.1/", "/v2/"], versions.Select(each => each.GetProperty("links")[0].GetProperty("href").GetString()));
    }

    [Theory]
    [InlineData("/v1/", "rel/queue_metadata", "rel/ping")]
    [InlineData("/v1.1/", "rel/ping", "rel/queue_metadata")]
    [InlineData("/v2/", "rel/ping", "rel/queue_metadata")]
    public async Task The_home_document_names_what_the_version_serves_below_it(string home, string served, string notServed)
    {
        var answer = await _server.Client.GetAsync(home);
        Assert.Equal("application/json-home", answer.Type);
        var resources = answer.Json().GetProperty("resources").EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetProperty("href-template").GetString()!);
        Assert.Contains(served, resources);
        Assert.DoesNotContain(notServed, resources);
        Assert.All(resources.Values, template => Assert.StartsWith(home, template, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_ping_is_answered_without_content(string method) => Assert.Equal(204, (await _server.Client.SendAsync(method, "/v2/ping")).Status);
}
