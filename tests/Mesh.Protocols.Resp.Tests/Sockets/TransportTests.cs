using System.Net.Sockets;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Sockets;

/// <summary>What a client sees is the same whoever serves the sockets: the framework (0), one event loop, or several.</summary>
public sealed class TransportTests
{
    private const int Many = 200;

    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Commands_in_single_bytes_are_answered(int eventLoops)
    {
        await using var server = await StartAsync(eventLoops);
        Assert.Equal("$5\r\nhello\r\n", await server.ExchangeAsync(RespWire.Encode("ECHO", "hello"), pieceBytes: 1, replyBytes: 11));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Replies_to_a_client_that_does_not_read_wait_until_it_does(int eventLoops)
    {
        const int Messages = 100;
        await using var server = await StartAsync(eventLoops);
        await using var slow = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        var message = new string('m', 256 * 1024);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++) await slow.SendAsync("ECHO", message);
        });
        Assert.Equal("PONG", await other.AskAsync("PING")); // nobody else waits for it
        for (var i = 0; i < Messages; i++) Assert.Equal(message, await slow.ReadAsync().WaitAsync(TimeMax));
        await sending;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Many_clients_append_and_read_at_the_same_time(int eventLoops)
    {
        await using var server = await StartAsync(eventLoops);
        await Parallel.ForEachAsync(Enumerable.Range(0, Many), new ParallelOptions { MaxDegreeOfParallelism = Many }, async (client, _) =>
        {
            await using var wire = await server.ConnectAsync();
            for (var i = 0; i < 10; i++) Assert.IsType<string>(await wire.AskAsync("XADD", "s", "*", "client", $"{client}").WaitAsync(TimeMax));
        });
        await using var reader = await server.ConnectAsync();
        Assert.Equal(Many * 10L, await reader.AskAsync("XLEN", "s"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Messages_reach_subscribers_whoever_serves_them_in_the_order_published(int eventLoops)
    {
        await using var server = await StartAsync(eventLoops);
        var subscribers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SubscribeAsync(server)));
        await using var publisher = await server.ConnectAsync();
        for (var i = 0; i < 100; i++) await publisher.SendAsync("PUBLISH", "room", $"{i}");
        for (var i = 0; i < 100; i++) Assert.Equal(5L, await publisher.ReadAsync());
        foreach (var subscriber in subscribers)
        {
            for (var i = 0; i < 100; i++) Assert.Equal(new object?[] { "message", "room", $"{i}" }, await subscriber.ReadAsync().WaitAsync(TimeMax));
            await subscriber.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_connection_that_is_reset_leaves_room_for_another(int eventLoops)
    {
        await using var server = await RespServer.StartAsync(new RespOptions { EventLoops = eventLoops, ConnectionsMax = 1 });
        using (var broken = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) })
        {
            await broken.ConnectAsync(server.EndPoint);
            await broken.SendAsync(RespWire.Encode("SUBSCRIBE", "room"));
            await broken.ReceiveAsync(new byte[16]);
        }

        using var limit = new CancellationTokenSource(TimeMax);
        while (await server.ExchangeAsync(RespWire.Encode("PING"), 100, 7) != "+PONG\r\n") limit.Token.ThrowIfCancellationRequested();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Closing_the_door_ends_idle_and_blocked_connections(int eventLoops)
    {
        var server = await StartAsync(eventLoops);
        await using var idle = await server.ConnectAsync();
        Assert.Equal("PONG", await idle.AskAsync("PING"));
        await using var blocked = await server.ConnectAsync();
        await blocked.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
        await server.DisposeAsync().AsTask().WaitAsync(TimeMax);
        await Assert.ThrowsAnyAsync<IOException>(async () => await idle.ReadAsync().WaitAsync(TimeMax));
        await Assert.ThrowsAnyAsync<IOException>(async () => await blocked.ReadAsync().WaitAsync(TimeMax));
    }

    private static async Task<RespWire> SubscribeAsync(RespServer server)
    {
        var wire = await server.ConnectAsync();
        Assert.Equal(new object?[] { "subscribe", "room", 1L }, await wire.AskAsync("SUBSCRIBE", "room"));
        return wire;
    }

    private static Task<RespServer> StartAsync(int eventLoops) => RespServer.StartAsync(new RespOptions { EventLoops = eventLoops });
}
