using System.Text;
using Mesh.Frames;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>Reading and streaming (rotera specification, sections 2.4 and 2.5).</summary>
public sealed class ReadTests
{
    private static async Task<RoteraClient> WithAsync(RoteraServer server, params string[] messages)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, messages));
        await client.CommitAsync(55);
        return client;
    }

    [Theory]
    [InlineData(0UL, 10U, 0L, "a b c")]
    [InlineData(1UL, 1U, 1L, "b")]
    [InlineData(3UL, 10U, 3L, "")]
    [InlineData(99UL, 10U, 99L, "")]
    [InlineData(0UL, 0U, 0L, "")]
    [InlineData(1UL, 0U, 1L, "")]
    [InlineData(ulong.MaxValue, 10U, 0L, "a b c")]
    [InlineData(1UL << 63, 2U, 0L, "a b")]
    [InlineData(long.MaxValue, 2U, long.MaxValue, "")]
    public async Task A_read_answers_what_there_is_from_an_id(ulong first, uint count, long answeredFirst, string messages)
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await WithAsync(server, "a", "b", "c");
        var answer = await client.ReadAsync(55, first, count);
        Assert.Equal(RoteraAnswer.Alive, answer.Mark);
        Assert.Equal(answeredFirst, answer.First);
        Assert.Equal(messages, string.Join(' ', answer.Texts));
    }

    [Fact]
    public async Task A_read_below_the_oldest_begins_there_and_says_so()
    {
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { RingMessages = 2 });
        using var client = await WithAsync(server, "a", "b", "c");
        var answer = await client.ReadAsync(55, 0, 10);
        Assert.Equal((1, "b c"), (answer.First, string.Join(' ', answer.Texts)));
        Assert.Equal(1, (await client.ReadAsync(55, 0, 0)).First);
    }

    [Fact]
    public async Task More_than_a_frame_may_hold_is_cut()
    {
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { FrameMessagesMax = 2 });
        using var client = await WithAsync(server, "a", "b", "c");
        Assert.Equal(["a", "b"], (await client.ReadAsync(55, 0, uint.MaxValue)).Texts);
    }

    [Fact]
    public async Task A_stream_comes_in_chunks_and_then_the_connection_takes_requests_again()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await WithAsync(server, "a", "b", "c", "d", "e");
        await client.SendAsync(RoteraClient.Stream(55, 0, 2, 5), RoteraClient.Ping(55));
        Assert.Equal(["a", "b"], (await client.FrameAsync()).Texts);
        Assert.Equal(["c", "d"], (await client.FrameAsync()).Texts);
        Assert.Equal(["e"], (await client.FrameAsync()).Texts);
        Assert.Equal(5, (await client.NextAsync()).Next);
    }

    [Fact]
    public async Task A_stream_waits_for_what_is_missing()
    {
        await using var server = await RoteraServer.StartAsync();
        using var reader = await WithAsync(server, "a");
        using var writer = await server.ConnectAsync();
        await reader.SendAsync(RoteraClient.Stream(55, 0, 64, 3), RoteraClient.Ping(55));
        Assert.Equal(["a"], (await reader.FrameAsync()).Texts);
        await writer.SendAsync(RoteraClient.Push(55, "b", "c"));
        await writer.CommitAsync(55);
        var rest = await reader.FrameAsync();
        Assert.Equal(1, rest.First);
        Assert.Equal(["b", "c"], rest.Texts);
        Assert.Equal(3, (await reader.NextAsync()).Next);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 63)]
    public async Task A_stream_of_nothing_sends_nothing(ulong total)
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await WithAsync(server, "a");
        await client.SendAsync(RoteraClient.Stream(55, 0, 64, total), RoteraClient.Ping(55));
        Assert.Equal((RoteraAnswer.Alive, 1), await client.NextAsync());
    }

    [Fact]
    public async Task A_stream_in_chunks_of_none_comes_one_by_one()
    {
        await using var server = await RoteraServer.StartAsync();
        using var client = await WithAsync(server, "a", "b");
        await client.SendAsync(RoteraClient.Stream(55, 0, 0, 2));
        Assert.Equal(["a"], (await client.FrameAsync()).Texts);
        Assert.Equal(["b"], (await client.FrameAsync()).Texts);
    }

    [Fact]
    public async Task A_stream_whose_beginning_is_gone_repeats_nothing()
    {
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { RingMessages = 4 });
        using var client = await WithAsync(server, "a", "b", "c", "d", "e", "f");
        await client.SendAsync(RoteraClient.Stream(55, 0, 2, 4));
        var first = await client.FrameAsync();
        var second = await client.FrameAsync();
        Assert.Equal((2, "c d"), (first.First, string.Join(' ', first.Texts)));
        Assert.Equal((4, "e f"), (second.First, string.Join(' ', second.Texts)));
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_holds_up_no_push()
    {
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { RingBytes = 16 * 1024 * 1024 });
        using var writer = await server.ConnectAsync();
        var large = Enumerable.Repeat(new byte[15_000], 60).ToArray();
        for (var i = 0; i < 10; i++) await writer.SendAsync(RoteraClient.Push(55, large));
        Assert.Equal(600, await writer.CommitAsync(55));
        using (var reader = await server.ConnectAsync())
        {
            await reader.SendAsync(RoteraClient.Read(55, 0, 600), RoteraClient.Read(55, 0, 600));
            await reader.FrameAsync();
            for (var i = 0; i < 10; i++) await writer.SendAsync(RoteraClient.Push(55, large));
            Assert.Equal(1200, await writer.CommitAsync(55));
        }

        await writer.SendAsync(RoteraClient.Push(55, "after"));
        Assert.Equal(1201, await writer.CommitAsync(55));
    }

    [Fact]
    public async Task While_the_server_stops_answers_say_so_and_a_stream_that_waits_is_told()
    {
        await using var server = await RoteraServer.StartAsync(new RoteraOptions { Farewell = TimeSpan.FromSeconds(60) });
        using var asking = await WithAsync(server, "a");
        using var waiting = await server.ConnectAsync();
        await waiting.SendAsync(RoteraClient.Stream(55, 0, 64, 2));
        await waiting.FrameAsync();
        await asking.PingAsync(55);
        await server.BeginStopAsync();
        await asking.SendAsync(RoteraClient.Ping(55));
        Assert.Equal((RoteraAnswer.ShuttingDown, 1), await asking.NextAsync());
        var told = await waiting.FrameAsync();
        Assert.Equal((RoteraAnswer.ShuttingDown, 1, 0), (told.Mark, told.First, told.Messages.Count));
        await waiting.AssertClosedAsync();
    }

    [Fact]
    public async Task An_entry_that_a_Redis_client_appended_as_data_is_that_text_and_others_show_as_their_fields()
    {
        await using var server = await RoteraServer.StartAsync();
        string[] entries = ["*2\r\n$4\r\ndata\r\n$5\r\nhello\r\n", "*2\r\n$4\r\nname\r\n$5\r\nhello\r\n", "*4\r\n$4\r\ndata\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"];
        using var segment = new SegmentWriter();
        foreach (var entry in entries) segment.Add(new RecordFields { ContentType = ContentType.RespFields }, Encoding.UTF8.GetBytes(entry));
        await server.Mesh.Ring(StreamName.Ring("55")).AppendAsync(segment.Finish());
        using var client = await server.ConnectAsync();
        Assert.Equal(["hello", entries[1], entries[2]], (await client.ReadAsync(55, 0, 10)).Texts);
    }
}
