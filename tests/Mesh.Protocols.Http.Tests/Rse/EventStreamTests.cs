using System.Text.Json;
using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>Server-Sent Events (WHATWG HTML, section 9.2): what a browser's EventSource does, byte for byte.</summary>
public sealed class EventStreamTests : IAsyncLifetime
{
    private static readonly (string, string) Accept = ("Accept", "text/event-stream");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private RseServer _rse = null!;

    public async Task InitializeAsync() => _rse = await RseServer.StartAsync(new RseOptions { WaitsMax = 2 });

    public async Task DisposeAsync() => await _rse.DisposeAsync();

    [Fact]
    public async Task Events_come_from_the_oldest_on_and_then_as_they_are_posted()
    {
        await _rse.PostAsync("/c", "[1]");
        using var stream = await ReadAsync("/c");
        Assert.Equal("retry: 1000", await stream.LineAsync());
        Assert.Equal("", await stream.LineAsync());
        var (first, data) = await stream.EventAsync();
        Assert.Equal("[1]", data.GetProperty("data").GetRawText());
        Assert.Equal(first, data.GetProperty("id").GetInt64());
        Assert.Equal(RseServer.A, data.GetProperty("user_agent").GetString());
        await _rse.UntilWaitingAsync(1);
        await _rse.PostAsync("/other", "[0]");
        await _rse.PostAsync("/c", "[0]", RseServer.B);
        for (var i = 2; i < 5; i++)
        {
            await _rse.PostAsync("/c", $"[{i}]");
            Assert.Equal($"[{i}]", (await stream.EventAsync()).Data.GetProperty("data").GetRawText());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?last-known-id=1")]
    public async Task A_client_that_comes_again_goes_on_behind_its_last_id(string query)
    {
        for (var i = 0; i < 3; i++) await _rse.PostAsync("/c", $"[{i}]");
        var ids = (await _rse.GetAsync("/c")).Ids().ToArray();
        using var stream = await ReadAsync($"/c{query}", ("Last-Event-ID", $"{ids[1]}"));
        await stream.SkipHeadAsync();
        Assert.Equal(ids[2], (await stream.EventAsync()).Id);
    }

    [Fact]
    public async Task Data_with_line_ends_is_several_fields_that_a_client_joins()
    {
        await _rse.PostAsync("/c", "{\n\"a\":\r\n\r1 }");
        using var stream = await ReadAsync("/c");
        await stream.SkipHeadAsync();
        Assert.StartsWith("id: ", await stream.LineAsync(), StringComparison.Ordinal);
        Assert.EndsWith("\"data\":{", await stream.LineAsync(), StringComparison.Ordinal);
        foreach (var line in new[] { "data: \"a\":", "data: ", "data: 1 }}", "" }) Assert.Equal(line, await stream.LineAsync());
    }

    [Fact]
    public async Task More_events_than_a_page_holds_come_in_order_without_gap_or_double()
    {
        const int Events = 1200;
        using var segment = new Frames.SegmentWriter();
        for (var i = 0; i < Events; i++) segment.Add(new Frames.RecordFields { ContentType = Frames.ContentType.Json }, "[]"u8);
        await _rse.Mesh.Channel(StreamName.Channel("c")).AppendAsync(segment.Finish());
        using var stream = await ReadAsync("/c");
        await stream.SkipHeadAsync();
        var (last, _) = await stream.EventAsync();
        for (var i = 1; i < Events; i++) Assert.Equal(++last, (await stream.EventAsync()).Id);
    }

    [Fact]
    public async Task Silence_is_broken_by_comments_and_a_stream_ends_some_time()
    {
        using var stream = await ReadAsync("/c");
        await stream.SkipHeadAsync();
        for (var i = 0; i < 60; i++)
        {
            await _rse.UntilWaitingAsync(1);
            _rse.Clock.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal((":", ""), (await stream.LineAsync(), await stream.LineAsync()));
        }

        Assert.Null(await stream.LineAsync());
    }

    [Fact]
    public async Task A_stream_ends_with_its_client_and_when_the_host_stops()
    {
        using (await ReadAsync("/c")) await _rse.UntilWaitingAsync(1);
        await _rse.UntilWaitingAsync(0);
        using var stream = await ReadAsync("/c");
        await stream.SkipHeadAsync();
        await _rse.UntilWaitingAsync(1);
        await _rse.StopAsync();
        Assert.Null(await stream.LineAsync());
    }

    [Fact]
    public async Task What_cannot_be_streamed_is_refused()
    {
        Assert.StartsWith("sort=-1 cannot be streamed", (await _rse.SendAsync(HttpMethod.Get, "/c?sort=-1", RseServer.B, null, Accept)).Error(400), StringComparison.Ordinal);
        var id = await _rse.SendAsync(HttpMethod.Get, "/c", RseServer.B, null, Accept, ("Last-Event-ID", "x"));
        Assert.Equal("Last-Event-ID must be a whole number of at most 64 bits; it was 'x'", id.Error(400));
        Assert.Equal("Missing UUID in User-Agent header", (await _rse.SendAsync(HttpMethod.Get, "/c", "curl/8", null, Accept)).Error(400));
        using var first = await ReadAsync("/c");
        using var second = await ReadAsync("/c");
        Assert.Equal(429, (await _rse.SendAsync(HttpMethod.Get, "/c", RseServer.B, null, Accept)).Status);
    }

    private async Task<Reader> ReadAsync(string target, params (string, string)[] headers)
    {
        var response = await _rse.AskAsync(HttpMethod.Get, target, RseServer.B, null, [Accept, .. headers]);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        return new Reader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    private sealed class Reader(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        public Task<string?> LineAsync() => lines.ReadLineAsync().WaitAsync(Patience);

        public async Task SkipHeadAsync()
        {
            await LineAsync();
            await LineAsync();
        }

        public async Task<(long Id, JsonElement Data)> EventAsync()
        {
            var id = await LineAsync();
            using var data = JsonDocument.Parse((await LineAsync())!["data: ".Length..]);
            Assert.Equal("", await LineAsync());
            return (long.Parse(id!["id: ".Length..], System.Globalization.CultureInfo.InvariantCulture), data.RootElement.Clone());
        }

        public void Dispose()
        {
            lines.Dispose();
            response.Dispose();
        }
    }
}
