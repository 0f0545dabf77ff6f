using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

public abstract class HomeContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    [ContractFact]
    public async Task The_root_lists_all_versions_without_any_header()
    {
        var versions = (await Door.Client.SendAsync("GET", "/", withHeaders: false)).Json(300).GetProperty("versions").EnumerateArray().ToArray();
        Assert.Equal(["1 DEPRECATED", "1.1 DEPRECATED", "2 CURRENT"], versions.Select(each => $"{each.GetProperty("id")} {each.GetProperty("status")}"));
        Assert.Equal(["/v1/", "/v1.1/", "/v2/"], versions.Select(each => each.GetProperty("links")[0].GetProperty("href").GetString()));
    }

    [ContractTheory]
    [InlineData("/v1/", "rel/queue_metadata", "rel/ping")]
    [InlineData("/v1.1/", "rel/ping", "rel/queue_metadata")]
    [InlineData("/v2/", "rel/ping", "rel/queue_metadata")]
    public async Task The_home_document_names_what_the_version_serves_below_it(string home, string served, string notServed)
    {
        var answer = await Door.Client.GetAsync(home);
        Assert.Equal("application/json-home", answer.Type);
        var resources = answer.Json().GetProperty("resources").EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetProperty("href-template").GetString()!);
        Assert.Contains(served, resources);
        Assert.DoesNotContain(notServed, resources);
        Assert.All(resources.Values, template => Assert.StartsWith(home, template, StringComparison.Ordinal));
    }

    [ContractTheory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_ping_is_answered_without_content(string method) => Assert.Equal(204, (await Door.Client.SendAsync(method, "/v2/ping")).Status);
}
