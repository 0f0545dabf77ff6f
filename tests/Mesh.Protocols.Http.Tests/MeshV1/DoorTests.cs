using Mesh.Protocols.Http.MeshV1;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>What of mesh.v1 needs a store that fails, or options of its own.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    private MeshServer _door = null!;

    public async Task InitializeAsync() => _door = await MeshServer.StartAsync(new MeshV1Options { BodyBytesMax = 1024, WaitsMax = 1 });

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task Projects_are_apart()
    {
        await _door.PostAsync("streams/ring:r/records?project=other", "1");
        Assert.Equal([1], (await _door.GetAsync("streams/ring:r/records")).Sequences);
        using var client = new HttpClient();
        Assert.Contains("\"records\":[]", await client.GetStringAsync(_door.At("streams/ring:r/records?project=another")), StringComparison.Ordinal);
        Assert.Contains("\"sequence\":1", await client.GetStringAsync(_door.At("streams/ring:r/records")), StringComparison.Ordinal);
        (await _door.GetAsync("streams", ("Mesh-Project", new string('p', 257)))).Expect(400);
        using var inner = await client.GetAsync(_door.At("streams?project=%1Fsettings"));
        Assert.Equal(400, (int)inner.StatusCode);
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_with_when_to_come_again()
    {
        _door.Store.IsAway = true;
        var refused = await _door.PostAsync("streams/ring:r/records", "1");
        refused.ExpectProblem(503, "unavailable", "Try again");
        Assert.Equal("1", refused.Headers["Retry-After"]);
        _door.Store.IsAway = false;
        (await _door.PostAsync("streams/ring:r/records", "1")).Expect(201);
    }

    [Fact]
    public async Task A_body_beyond_the_bound_is_refused()
    {
        (await _door.PostAsync("streams/ring:r/records", new string(' ', 1025), "text/plain")).ExpectProblem(413, "too-large", "at most 1024 bytes");
        (await _door.PostAsync("streams/ring:r/records", new string(' ', 1024), "text/plain")).Expect(201);
    }

    [Fact]
    public async Task Whoever_waits_beyond_the_bound_is_told_and_all_are_let_go_when_the_server_stops()
    {
        var requests = new[] { WaitAsync(), WaitAsync() };
        var first = await Task.WhenAny(requests);
        (await first).ExpectProblem(429, "busy", "wait for records");
        Assert.Equal("1", (await first).Headers["Retry-After"]);
        await _door.StopAsync();
        Assert.Empty((await requests.Single(each => each != first)).Expect(200).Records);

        Task<MeshAnswer> WaitAsync() => _door.GetAsync("streams/ring:r/records?wait=60");
    }
}
