using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

public sealed class HomeTests : IAsyncLifetime
{
    private ZaqarServer _server = null!;

    public async Task InitializeAsync() => _server = await ZaqarServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_root_lists_version_2_without_any_header()
    {
        var version = Assert.Single((await _server.Client.SendAsync("GET", "/", withHeaders: false)).Json(300).GetProperty("versions").EnumerateArray());
        Assert.Equal(("2", "CURRENT"), (version.GetProperty("id").GetString(), version.GetProperty("status").GetString()));
        Assert.Equal("/v2/", version.GetProperty("links")[0].GetProperty("href").GetString());
    }

    [Fact]
    public async Task The_home_document_names_resources_below_the_version()
    {
        var answer = await _server.Client.GetAsync("/v2/");
        Assert.Equal("application/json-home", answer.Type);
        var resources = answer.Json().GetProperty("resources").EnumerateObject().ToArray();
        Assert.Contains(resources, resource => resource.Name == "rel/queue");
        Assert.All(resources, resource => Assert.StartsWith("/v2/", resource.Value.GetProperty("href-template").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_ping_is_answered_without_content(string method) => Assert.Equal(204, (await _server.Client.SendAsync(method, "/v2/ping")).Status);
}
