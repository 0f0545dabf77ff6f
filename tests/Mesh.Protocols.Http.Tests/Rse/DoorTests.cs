using Mesh.Protocols.Http.Rse;
using Mesh.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, sections 2.7, 2.9, 4 and 5: methods, modes, health and failures.</summary>
public sealed class DoorTests() : MethodContract(RseServer.OpenAsync)
{
    [Fact] // case 30
    public async Task All_dumps_every_event_in_test_mode()
    {
        await using var rse = await RseServer.StartAsync(mode: RseMode.Test);
        Assert.Equal((200, "[]"), ((await rse.GetAsync("/all", null)).Status, (await rse.GetAsync("/all", null)).Body));
        foreach (var channel in new[] { "/b", "/a/x", "//", "/b/y", "/all/z" }) await rse.PostAsync(channel, $"[\"{channel}\"]");
        var all = await rse.GetAsync("/all", userAgent: null);
        Assert.Equal((200, "application/json; charset=utf-8"), (all.Status, all.Type));
        Assert.Equal(["/b", "/a/x", "//", "/b/y", "/all/z"], Names(all));
        Assert.Equal(["/all/z", "/b/y", "//", "/a/x", "/b"], Names(await rse.GetAsync("/all?sort=-1", null)));
        Assert.Equal("POST", (await rse.PostAsync("/all", "[1]")).Error(405));
        Assert.Equal(["[\"/all/z\"]"], (await rse.GetAsync("/all/z")).Data());
    }

    [Fact] // case 20
    public async Task Clients_without_a_uuid_share_one_in_test_mode()
    {
        await using var rse = await RseServer.StartAsync(mode: RseMode.Test);
        Assert.Equal(201, (await rse.PostAsync("/c", "[1]", "curl/8")).Status);
        Assert.Equal(204, (await rse.GetAsync("/c", "wget/1")).Status);
        Assert.Equal(["[1]"], (await rse.GetAsync("/c?echo=true", "wget/1")).Data());
        Assert.Equal(["[1]"], (await rse.GetAsync("/c", RseDoor.B)).Data());
        Assert.Equal("Missing header: User-Agent", (await rse.GetAsync("/c", null)).Error(400));
    }

    [Fact]
    public async Task Storage_that_is_away_is_503_and_busy_is_429()
    {
        var clock = new ManualClock();
        await using var away = await RseServer.HostAsync(new BrokenMesh(() => throw new StorageUnavailableException("disk is full")), new RseOptions(), clock);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", RseDoor.A);
        client.DefaultRequestHeaders.Add("X-Auth-Token", RseDoor.Token);
        var read = await Answer.OfAsync(await client.GetAsync(new Uri(away.Address, "/c")));
        Assert.Equal(("Storage does not answer at the moment. Try again later.", 1.0), (read.Error(503), read.RetryAfter));
        var posted = await Answer.OfAsync(await client.PostAsync(new Uri(away.Address, "/c"), new StringContent("[1]")));
        Assert.Equal("Storage does not answer at the moment. Try again later.", posted.Error(503));
        var health = await Answer.OfAsync(await client.GetAsync(new Uri(away.Address, "/health")));
        Assert.Equal(503, health.Status);

        await using var busy = await RseServer.HostAsync(new BrokenMesh(() => new AppendResult.Busy(TimeSpan.FromSeconds(2.5))), new RseOptions(), clock);
        var refused = await Answer.OfAsync(await client.PostAsync(new Uri(busy.Address, "/c"), new StringContent("[1]")));
        Assert.Equal(3, refused.RetryAfter);
        Assert.Contains("Nothing was stored", refused.Error(429), StringComparison.Ordinal);

        await using var vanishing = await RseServer.HostAsync(new BrokenMesh(() => AppendResult.NoSuchStream.Instance), new RseOptions(), clock);
        Assert.Equal(429, (int)(await client.PostAsync(new Uri(vanishing.Address, "/c"), new StringContent("[1]"))).StatusCode);
    }

    [Fact]
    public async Task A_fault_of_ours_is_500_and_the_next_request_is_served()
    {
        await using var broken = await RseServer.HostAsync(new BrokenMesh(() => throw new InvalidOperationException()), new RseOptions(), new ManualClock());
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", RseDoor.A);
        client.DefaultRequestHeaders.Add("X-Auth-Token", RseDoor.Token);
        Assert.Equal(StatusCodes.Status500InternalServerError, (int)(await client.GetAsync(new Uri(broken.Address, "/c"))).StatusCode);
        Assert.Equal(StatusCodes.Status404NotFound, (int)(await client.GetAsync(broken.Address)).StatusCode);
    }

    [Theory]
    [InlineData(0.5, 1, "EventTtl must be from 1 s to 365 days; it is 00:00:00.5000000.")]
    [InlineData(1, 0, "BodyBytesMax must be from 1 to 33554432; it is 0.")]
    [InlineData(1, int.MaxValue, "BodyBytesMax must be from 1 to 33554432; it is 2147483647.")]
    public void Options_out_of_range_are_named(double ttlSeconds, int bodyBytes, string message)
    {
        var options = new RseOptions { EventTtl = TimeSpan.FromSeconds(ttlSeconds), BodyBytesMax = bodyBytes };
        var refused = Assert.Throws<ArgumentException>(() => new RseEndpoint(Door.Mesh, options, TimeProvider.System));
        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public async Task The_root_below_a_path_is_no_channel_either() => Assert.Equal("URI not found: /rse", (await Door.GetAsync("/rse")).Error(404));

    private static IEnumerable<string?> Names(Answer dump)
    {
        using var document = System.Text.Json.JsonDocument.Parse(dump.Body);
        return [.. document.RootElement.EnumerateArray().Select(each => each.GetProperty("data")[0].GetString())];
    }
}
