using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases 52 (health) and 53.</summary>
public abstract class ServiceCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    [ContractTheory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task In_the_first_version_anybody_may_ask_for_health(string method) =>
        Assert.Equal(204, (await In("v1").SendAsync(method, "/v1/health", withHeaders: false)).Status);

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task Later_only_admins_see_health_operation_by_operation(string version)
    {
        Assert.Equal("Not authorized", (await In(version).GetAsync($"/{version}/health")).Error(403));
        var health = (await In(version).SendAsync("GET", $"/{version}/health", headers: ("X-Roles", "member, admin"))).Json();
        Assert.True(health.GetProperty("storage_reachable").GetBoolean());
        Assert.All(health.GetProperty("operation_status").EnumerateObject(), operation => Assert.True(operation.Value.GetProperty("succeeded").GetBoolean()));
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task The_home_document_leads_to_what_is_below_the_version(string version)
    {
        var home = await In(version).GetAsync($"/{version}/");
        Assert.Equal("application/json-home", home.Type);
        Assert.All(
            home.Json().GetProperty("resources").EnumerateObject(),
            resource => Assert.StartsWith($"/{version}/", resource.Value.GetProperty("href-template").GetString(), StringComparison.Ordinal));
        Assert.Equal(In(version).IsFirst ? 404 : 204, (await In(version).GetAsync($"/{version}/ping")).Status);
    }
}
