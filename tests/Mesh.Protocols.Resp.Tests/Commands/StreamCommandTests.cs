using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Streams as Redis 7 has them, their bounds, and a store that fails.</summary>
public sealed class StreamCommandTests() : StreamCommandContract(RespServer.OpenAsync)
{
    [Fact]
    public async Task A_client_that_leaves_while_it_blocks_is_gone_although_it_had_sent_more()
    {
        await using var server = await RespServer.StartAsync(new RespOptions { ConnectionsMax = 1 });
        await using (var leaver = await server.ConnectAsync())
        {
            Assert.Equal("PONG", await leaver.AskAsync("PING"));
            await leaver.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
            await leaver.SendAsync("PING");
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await server.ExchangeAsync(RespWire.Encode("PING"), 100, 7) != "+PONG\r\n") limit.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task A_range_beyond_the_bound_of_a_reply_is_refused_and_may_be_read_in_parts()
    {
        await using var server = await RespServer.StartAsync(new RespOptions { ReplyBytesMax = 64 * 1024 });
        await using var wire = await server.ConnectAsync();
        for (var i = 1; i <= 9; i++) await wire.AskAsync("XADD", "s", $"{i}-0", "k", new string('x', 10_000));
        Assert.StartsWith("ERR The range holds more than 65536 bytes.", Assert.IsType<RespError>(await wire.AskAsync("XRANGE", "s", "-", "+")).Text, StringComparison.Ordinal);
        Assert.Equal(5, Assert.IsType<object?[]>(await wire.AskAsync("XRANGE", "s", "-", "+", "COUNT", "5")).Length);
        Assert.Equal(4, Assert.IsType<object?[]>(await wire.AskAsync("XRANGE", "s", "(5-0", "+", "COUNT", "5")).Length);
    }

    [Fact]
    public async Task What_storage_refuses_is_an_error_and_the_connection_goes_on()
    {
        await using var server = await RespServer.StartAsync();
        await using var wire = await server.ConnectAsync();
        await wire.AskAsync("XADD", "s", "*", "k", "v");
        server.Store.IsAway = true;
        Assert.StartsWith("UNAVAILABLE ", Assert.IsType<RespError>(await wire.AskAsync("XADD", "s", "*", "k", "v")).Text, StringComparison.Ordinal);
        server.Store.IsAway = false;
        Assert.IsType<string>(await wire.AskAsync("XADD", "s", "*", "k", "v"));
        Assert.Equal(2L, await wire.AskAsync("XLEN", "s"));
    }
}
