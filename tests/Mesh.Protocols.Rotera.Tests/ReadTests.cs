namespace Mesh.Protocols.Rotera.Tests;

/// <summary>Reading and streaming: what needs options of its own, or a server that stops.</summary>
public sealed class ReadTests() : ReadContract(EmbeddedDoor.OpenAsync)
{
    private static async Task<RoteraClient> WithAsync(RoteraServer server, params string[] messages)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync(RoteraClient.Push(55, messages));
        await client.CommitAsync(55);
        return client;
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
}
