using System.Net.Sockets;
using System.Text;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>Lists and claims that wait for a first message, when they ask to.</summary>
public sealed class WaitTests : IAsyncLifetime
{
    private const string Claims = "/v2/queues/q/claims";
    private const string Messages = "/v2/queues/q/messages";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private ZaqarServer _server = null!;

    public async Task InitializeAsync() => _server = await ZaqarServer.StartAsync(new ZaqarOptions { WaitsMax = 2 });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("v1")]
    [InlineData("v1.1")]
    [InlineData("v2")]
    public async Task A_claim_and_a_list_that_wait_end_with_the_first_message(string version)
    {
        await _server.Client.PutAsync("/v2/queues/q");
        var claiming = _server.Client.PostAsync($"/{version}/queues/q/claims?wait=60", """{"ttl":60,"grace":60}""");
        await _server.Client.PostNumbersAsync("q", 1);
        Assert.Equal(201, (await claiming.WaitAsync(Patience)).Status);
        var listing = _server.NewClient().GetAsync($"/{version}/queues/q/messages?wait=60");
        await _server.Client.PostNumbersAsync("q", 1);
        Assert.Equal(200, (await listing.WaitAsync(Patience)).Status);
    }

    [Fact]
    public async Task A_claim_that_waits_ends_when_messages_are_released_due_or_their_claim_is_over()
    {
        await _server.Client.PutAsync("/v2/queues/q", """{"_default_message_delay":5}""");
        await _server.Client.PostNumbersAsync("q", 1);
        var due = await UntilAsync(ClaimAsync(), TimeSpan.FromSeconds(5));
        var waiting = ClaimAsync();
        await _server.Client.DeleteAsync(due.Location!);
        var released = await waiting.WaitAsync(Patience);
        Assert.Equal(201, released.Status);
        Assert.Equal(201, (await UntilAsync(ClaimAsync("?wait=60"), TimeSpan.FromSeconds(59))).Status);
    }

    [Theory]
    [InlineData("?wait=0")]
    [InlineData("?wait=-5")]
    [InlineData("?wait=")]
    [InlineData("")]
    public async Task Nobody_waits_who_did_not_ask(string query)
    {
        Assert.Equal(204, (await ClaimAsync(query).WaitAsync(Patience)).Status);
        Assert.Empty((await _server.Client.GetAsync(Messages + query).WaitAsync(Patience)).Messages());
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_is_up()
    {
        Assert.Equal(204, (await UntilAsync(ClaimAsync("?wait=2"), TimeSpan.FromSeconds(2))).Status);
        Assert.Empty((await UntilAsync(_server.Client.GetAsync(Messages + "?wait=99999999999999999999"), TimeSpan.FromSeconds(60))).Messages());
    }

    [Fact]
    public async Task A_list_does_not_end_with_what_it_must_not_show()
    {
        var listing = _server.Client.GetAsync(Messages + "?wait=60");
        await _server.Client.PostNumbersAsync("q", 2);
        await _server.NewClient().PostMessagesAsync("q", """{"body":"of another"}""");
        Assert.Equal(["\"of another\""], (await listing.WaitAsync(Patience)).Bodies());
    }

    [Fact]
    public async Task A_page_after_a_marker_waits_for_what_comes_behind_it()
    {
        await _server.Client.PostNumbersAsync("q", 1);
        var last = (await _server.Client.GetAsync(Messages + "?echo=true")).Ids().Single();
        var listing = _server.Client.GetAsync($"{Messages}?echo=true&wait=60&marker={last}");
        await _server.Client.PostMessagesAsync("q", """{"body":"next"}""");
        Assert.Equal(["\"next\""], (await listing.WaitAsync(Patience)).Bodies());
    }

    [Fact]
    public async Task A_wait_that_is_no_number_is_refused()
    {
        Assert.Equal("Invalid parameter", (await ClaimAsync("?wait=5s")).Error(400));
        Assert.Equal("Invalid parameter", (await _server.Client.GetAsync(Messages + "?wait=5s")).Error(400));
    }

    [Fact]
    public async Task More_than_may_wait_are_told_to_come_later()
    {
        var waiting = Enumerable.Range(0, 2).Select(_ => _server.NewClient().GetAsync(Messages + "?wait=60")).ToArray();
        await _server.UntilWaitingAsync(2);
        var refused = await _server.Client.GetAsync(Messages + "?wait=60");
        Assert.Equal("Too many requests", refused.Error(429));
        Assert.Equal(1, refused.RetryAfter);
        await _server.Client.PostNumbersAsync("q", 1);
        foreach (var answer in await Task.WhenAll(waiting).WaitAsync(Patience)) Assert.Single(answer.Messages());
    }

    [Fact]
    public async Task A_wait_ends_with_its_client()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
            var request = $"POST {Claims}?wait=60 HTTP/1.1\r\nHost: x\r\nClient-ID: {Guid.NewGuid()}\r\nX-Project-ID: p\r\nContent-Length: 0\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            await _server.UntilWaitingAsync(1);
        }

        await _server.UntilWaitingAsync(0);
        await _server.Client.PostNumbersAsync("q", 1);
        Assert.Equal((0, 1, 1), (await _server.Client.GetAsync("/v2/queues/q/stats")).Counts());
    }

    [Fact]
    public async Task Waits_end_when_the_host_stops()
    {
        var waiting = ClaimAsync();
        await _server.StopAsync();
        Assert.Equal(204, (await waiting.WaitAsync(Patience)).Status);
    }

    private Task<ZaqarAnswer> ClaimAsync(string query = "?wait=60") => _server.Client.PostAsync(Claims + query, """{"ttl":60,"grace":60}""");

    /// <summary>Time goes by, little by little and only while the request waits, until the answer comes: messages do not live long.</summary>
    private async Task<ZaqarAnswer> UntilAsync(Task<ZaqarAnswer> answer, TimeSpan time)
    {
        await Eventually.TrueAsync(IsThereAsync, "the answer came", pause: TimeSpan.FromMilliseconds(1));
        return await answer;

        Task<bool> IsThereAsync()
        {
            if (_server.IsWaiting(1)) _server.Clock.Advance(time / 100);
            return Task.FromResult(answer.IsCompleted);
        }
    }
}
