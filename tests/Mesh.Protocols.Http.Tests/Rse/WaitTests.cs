using System.Net.Sockets;
using System.Text;
using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>Reads that wait for events, when they ask to.</summary>
public sealed class WaitTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private RseServer _rse = null!;

    public async Task InitializeAsync() => _rse = await RseServer.StartAsync(new RseOptions { WaitsMax = 3 });

    public async Task DisposeAsync() => await _rse.DisposeAsync();

    [Theory]
    [InlineData("/a/b?wait=60", "/a/b")]
    [InlineData("/a/b?wait=60&events=parent", "/a")]
    [InlineData("/a?wait=60&events=all", "/a/b/c")]
    [InlineData("/a/b?wait=99999&echo=true", "/a/b")]
    public async Task A_wait_ends_with_the_first_event(string target, string posted)
    {
        var waiting = _rse.GetAsync(target);
        await _rse.UntilWaitingAsync(1);
        await _rse.PostAsync("/ab", "[0]");
        await _rse.PostAsync("/a/bc/d?x", "[0]", RseServer.B);
        await _rse.PostAsync(posted, "[1]");
        var answer = await waiting.WaitAsync(Patience);
        Assert.Equal("[1]", answer.Data().Last());
        await _rse.UntilWaitingAsync(0);
    }

    [Fact]
    public async Task What_is_there_already_is_not_waited_for()
    {
        await _rse.PostAsync("/c", "[1]");
        Assert.Equal(["[1]"], (await _rse.GetAsync("/c?wait=60").WaitAsync(Patience)).Data());
    }

    [Fact]
    public async Task A_wait_begins_behind_the_last_known_id_and_passes_over_ones_own_events()
    {
        await _rse.PostAsync("/c", "[1]");
        var known = (await _rse.GetAsync("/c")).Ids().Single();
        var waiting = _rse.GetAsync($"/c?wait=60&last-known-id={known}");
        await _rse.UntilWaitingAsync(1);
        await _rse.PostAsync("/c", "[2]", RseServer.B);
        await _rse.PostAsync("/c", "[3]");
        Assert.Equal(["[3]"], (await waiting.WaitAsync(Patience)).Data());
    }

    [Theory]
    [InlineData("wait=2", "", 204)]
    [InlineData("wait=2&callback=f", "f({\"channel\":\"/c\",\"events\":[]});", 200)]
    public async Task A_wait_ends_when_its_time_is_up(string query, string body, int status)
    {
        var waiting = _rse.GetAsync($"/c?{query}");
        await _rse.UntilWaitingAsync(1);
        _rse.Clock.Advance(TimeSpan.FromSeconds(2));
        var answer = await waiting.WaitAsync(Patience);
        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("wait=0")]
    [InlineData("wait=-5")]
    [InlineData("")]
    public async Task Nobody_waits_who_did_not_ask(string query) => Assert.Equal(204, (await _rse.GetAsync($"/c?{query}").WaitAsync(Patience)).Status);

    [Fact]
    public async Task A_wait_that_is_no_number_is_400() =>
        Assert.Equal("wait must be a whole number of at most 64 bits; it was '5s'", (await _rse.GetAsync("/c?wait=5s")).Error(400));

    [Fact]
    public async Task More_than_may_wait_are_told_to_come_later()
    {
        var waiting = Enumerable.Range(0, 3).Select(_ => _rse.GetAsync("/c?wait=60")).ToArray();
        await _rse.UntilWaitingAsync(3);
        var refused = await _rse.GetAsync("/c?wait=60");
        Assert.Equal(1, refused.RetryAfter);
        Assert.StartsWith("So many requests wait", refused.Error(429), StringComparison.Ordinal);
        Assert.Equal(204, (await _rse.GetAsync("/c")).Status);
        await _rse.PostAsync("/c", "[1]");
        foreach (var answer in await Task.WhenAll(waiting).WaitAsync(Patience)) Assert.Single(answer.Events());
        Assert.Equal(200, (await _rse.GetAsync("/c?wait=60")).Status);
    }

    [Fact]
    public async Task A_wait_ends_with_its_client()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_rse.Address.Host, _rse.Address.Port);
            var request = $"GET /c?wait=60 HTTP/1.1\r\nHost: x\r\nUser-Agent: uuid/b\r\nX-Auth-Token: {RseServer.Token}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            await _rse.UntilWaitingAsync(1);
        }

        await _rse.UntilWaitingAsync(0);
    }

    [Fact]
    public async Task Waits_end_when_the_host_stops()
    {
        var waiting = _rse.GetAsync("/c?wait=60");
        await _rse.UntilWaitingAsync(1);
        await _rse.StopAsync();
        Assert.Equal(204, (await waiting.WaitAsync(Patience)).Status);
        Assert.Equal(204, (await _rse.GetAsync("/c?wait=60").WaitAsync(Patience)).Status);
    }
}
