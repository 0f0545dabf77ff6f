using System.Text;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 7: what publishers depend on.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private RseServer _rse = null!;

    public async Task InitializeAsync() => _rse = await RseServer.StartAsync(new RseOptions { BodyBytesMax = 100_000 });

    public async Task DisposeAsync() => await _rse.DisposeAsync();

    [Theory] // case 14
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData(" [1] ")]
    public async Task Objects_and_arrays_are_stored(string text)
    {
        Assert.Equal(201, (await _rse.PostAsync("/c", text)).Status);
        Assert.Single((await _rse.GetAsync("/c")).Ids());
    }

    [Theory] // case 14
    [InlineData("1")]
    [InlineData("\"s\"")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("[1,]")]
    public async Task Other_texts_are_refused(string text)
    {
        Assert.Equal("Invalid JSON", (await _rse.PostAsync("/c", text)).Error(400));
        Assert.Equal(204, (await _rse.GetAsync("/c")).Status);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_and_deep_nesting_are_refused()
    {
        var bad = await _rse.SendAsync(HttpMethod.Post, "/c", RseServer.A, [(byte)'[', (byte)'"', 0xC3, (byte)'"', (byte)']']);
        Assert.Equal("Invalid JSON: the text is not UTF-8", bad.Error(400));
        var deep = await _rse.PostAsync("/c", new string('[', 50_000));
        Assert.Equal("Invalid JSON: objects and arrays are nested deeper than 512 levels", deep.Error(400));
    }

    [Theory] // cases 16 and 17
    [InlineData("[1]", null, "Missing header: User-Agent")]
    [InlineData("[1]", "curl/8", "Missing UUID in User-Agent header")]
    [InlineData("1", "curl/8", "Invalid JSON")]
    [InlineData("[1]", "curl\"8", "Invalid JSON")]
    [InlineData("[1]", "x\\y uuid/1", "Invalid JSON")]
    [InlineData("1", null, "Missing header: User-Agent")]
    public async Task A_publisher_must_say_who_it_is(string text, string? userAgent, string message)
    {
        Assert.Equal(message, (await _rse.PostAsync("/c", text, userAgent)).Error(400));
        Assert.Equal(204, (await _rse.GetAsync("/c")).Status);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_413_and_nothing_is_stored()
    {
        var large = $"[\"{new string('x', 100_000)}\"]";
        Assert.Contains("100000", (await _rse.PostAsync("/c", large)).Error(413), StringComparison.Ordinal);
        Assert.Equal(201, (await _rse.PostAsync("/c", large[..99_998] + "\"]")).Status);
        Assert.Single((await _rse.GetAsync("/c")).Ids());
    }

    [Fact]
    public async Task A_chunked_body_is_joined_and_bounded_too()
    {
        const string Head = "POST /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: uuid/a\r\nX-Auth-Token: s3cr3t\r\nTransfer-Encoding: chunked\r\n\r\n";
        var joined = await RawHttp.ExchangeAsync(_rse.Address, $"{Head}2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 201", joined, StringComparison.Ordinal);
        Assert.Equal(["[1,2]"], (await _rse.GetAsync("/c")).Data());
        var large = await RawHttp.ExchangeAsync(_rse.Address, $"{Head}30d40\r\n{new string('[', 200_000)}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", large, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipelined_posts_are_answered_and_stored_in_order()
    {
        var posts = new StringBuilder();
        for (var i = 0; i < 20; i++)
            posts.Append($"POST /c HTTP/1.1\r\nHost: x\r\nUser-Agent: uuid/a\r\nX-Auth-Token: s3cr3t\r\n{(i == 19 ? "Connection: close\r\n" : "")}Content-Length: 4\r\n\r\n[{i:00}]");
        // Numbers with a leading zero are no JSON: the first ten are refused.
        var answers = await RawHttp.ExchangeAsync(_rse.Address, posts.ToString());
        Assert.Equal(10, answers.Split("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n").Length - 1);
        Assert.Equal(Enumerable.Range(10, 10).Select(i => $"[{i}]"), (await _rse.GetAsync("/c")).Data());
    }

    [Fact]
    public async Task A_get_may_publish() // case 22
    {
        Assert.Equal(201, (await _rse.GetAsync("/c?method=POST&post-data={\"x\":1}", RseServer.A)).Status);
        Assert.Equal(201, (await _rse.GetAsync("/c?method=POST&post-data=%7B%22y%22%3A+%22%2B%22%7D", RseServer.A)).Status);
        var script = await _rse.GetAsync("/c?method=POST&post-data=[1]&callback=cb", RseServer.A);
        Assert.Equal((200, "text/javascript", "cb({});"), (script.Status, script.Type, script.Body));
        Assert.Equal("Missing query parameter: post-data", (await _rse.GetAsync("/c?method=POST", RseServer.A)).Error(400));
        Assert.Equal("Invalid JSON", (await _rse.GetAsync("/c?method=POST&post-data=", RseServer.A)).Error(400));
        Assert.Equal(204, (await _rse.GetAsync("/d?method=post&post-data=[1]", RseServer.A)).Status);
        Assert.Equal(["{\"x\":1}", "{\"y\": \"+\"}", "[1]"], (await _rse.GetAsync("/c")).Data());
    }

    [Fact]
    public async Task A_post_may_ask_for_a_callback_and_a_bad_one_stores_nothing()
    {
        var script = await _rse.PostAsync("/c?callback=f_1", "[1]");
        Assert.Equal((200, "text/javascript", "f_1({});"), (script.Status, script.Type, script.Body));
        Assert.Equal("Invalid callback name", (await _rse.PostAsync("/c?callback=a.b", "[2]")).Error(400));
        Assert.Equal("Invalid callback name", (await _rse.PostAsync("/c?callback=", "[3]")).Error(400));
        Assert.Equal(["[1]"], (await _rse.GetAsync("/c")).Data());
    }

    [Fact]
    public async Task Json_p_wraps_the_container_even_an_empty_one() // case 21
    {
        var empty = await _rse.GetAsync("/c?callback=cb");
        Assert.Equal((200, "text/javascript", "cb({\"channel\":\"/c\",\"events\":[]});"), (empty.Status, empty.Type, empty.Body));
        await _rse.PostAsync("/c", "[1]");
        var one = await _rse.GetAsync("/c?callback=cb");
        Assert.StartsWith("cb({\"channel\":\"/c\",\"events\":[{\"id\":", one.Body, StringComparison.Ordinal);
        Assert.EndsWith(",\"data\":[1]}]});", one.Body, StringComparison.Ordinal);
        Assert.Equal(one.Body.Length, one.Length);
        Assert.Equal("Invalid callback name", (await _rse.GetAsync("/c?callback=a.b")).Error(400));
    }

    [Fact]
    public async Task Ids_go_on_increasing_after_a_restart_with_all_events_expired() // case 28
    {
        var store = new MemoryLogStore();
        long last;
        await using (var before = await RseServer.StartAsync(store: store))
        {
            for (var i = 0; i < 50; i++) await before.PostAsync("/c", "[1]");
            last = (await before.GetAsync("/c")).Ids().Last();
            before.Clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(204, (await before.GetAsync("/c")).Status);
        }

        // The clock of the new process stands before the ids that were given.
        await using var after = await RseServer.StartAsync(store: store);
        Assert.Equal(201, (await after.PostAsync("/c", "[2]")).Status);
        Assert.True(Assert.Single((await after.GetAsync($"/c?last-known-id={last}")).Ids()) > last);
    }

    [Fact]
    public async Task A_deleted_tree_is_made_again_with_its_time_to_live()
    {
        await _rse.PostAsync("/c", "[1]");
        Assert.True(await _rse.Mesh.Catalogue.DeleteAsync(StreamName.Channel("c")));
        Assert.Equal(201, (await _rse.PostAsync("/c", "[2]")).Status);
        Assert.Equal(["[2]"], (await _rse.GetAsync("/c")).Data());
        Assert.Equal(TimeSpan.FromSeconds(120), (await _rse.Mesh.Catalogue.FindAsync(StreamName.Channel("c")))!.Options.RetentionAge);
    }

    [Fact]
    public async Task A_tree_takes_the_time_to_live_of_now_at_its_next_post()
    {
        await _rse.Mesh.Catalogue.CreateAsync(StreamName.Channel("c"), StreamOptions.Default with { RetentionCount = 7 }, "kept"u8.ToArray());
        await _rse.PostAsync("/c", "[1]");
        var entry = await _rse.Mesh.Catalogue.FindAsync(StreamName.Channel("c"));
        Assert.Equal((TimeSpan.FromSeconds(120), 7), (entry!.Options.RetentionAge, entry.Options.RetentionCount));
        Assert.Equal("kept"u8.ToArray(), entry.Metadata.ToArray());
    }
}
