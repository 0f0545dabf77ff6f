using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, sections 2.7, 2.9, 4 and 5: methods and health.</summary>
public abstract class MethodContract(Func<Task<RseDoor>> open) : DoorContract<RseDoor>(open)
{
    [ContractTheory] // case 23
    [InlineData("/health")]
    [InlineData("/health?x=1")]
    [InlineData("/%68ealth")]
    [InlineData("/rse/health")]
    public async Task Health_is_three_bytes_for_anybody(string target)
    {
        var get = await Door.GetAsync(target, userAgent: null);
        Assert.Equal((200, "application/json; charset=utf-8", 3L, "OK\n"), (get.Status, get.Type, get.Length, get.Body));
        var head = await Door.SendAsync(HttpMethod.Head, target, null);
        Assert.Equal((200, 3L, ""), (head.Status, head.Length, head.Body));
    }

    [ContractTheory] // case 24
    [InlineData("PUT", "/c")]
    [InlineData("DELETE", "/c")]
    [InlineData("OPTIONS", "/c")]
    [InlineData("PATCH", "/c")]
    [InlineData("BREW", "/c")]
    [InlineData("PUT", "/health")]
    [InlineData("POST", "/health")]
    [InlineData("DELETE", "/health")]
    [InlineData("OPTIONS", "/health")]
    public async Task Other_methods_are_405_and_named(string method, string target)
    {
        var answer = await Door.SendAsync(new HttpMethod(method), target, RseDoor.A);
        Assert.Equal(method, answer.Error(405));
    }

    [ContractFact]
    public async Task Head_on_a_channel_is_405_without_a_body()
    {
        var answer = await Door.SendAsync(HttpMethod.Head, "/c", RseDoor.A);
        Assert.Equal((405, ""), (answer.Status, answer.Body));
    }

    [ContractTheory]
    [InlineData("/", "/")]
    [InlineData("/?max-events=1", "/")]
    [InlineData("/rse/", "/")]
    public async Task The_root_is_no_channel(string target, string named) =>
        Assert.Equal($"URI not found: {named}", (await Door.GetAsync(target)).Error(404));

    [ContractFact] // case 30
    public async Task All_is_a_channel_in_live_mode()
    {
        Assert.Equal(201, (await Door.PostAsync("/all", "[1]")).Status);
        Assert.Equal("/all", (await Door.GetAsync("/all")).Channel());
        Assert.Equal("Missing header: User-Agent", (await Door.GetAsync("/all", null)).Error(400));
    }
}
