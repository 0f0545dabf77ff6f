using System.Diagnostics;
using System.Globalization;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>What clients send when they connect, and what depends on the options.</summary>
public sealed class ConnectionCommandTests() : ConnectionCommandContract(RespServer.OpenAsync)
{
    [Fact]
    public async Task Connections_beyond_the_bound_are_told_so_and_closed()
    {
        await using var server = await RespServer.StartAsync(new RespOptions { ConnectionsMax = 1 });
        await using var first = await server.ConnectAsync();
        Assert.Equal("PONG", await first.AskAsync("PING"));
        await using var second = await server.ConnectAsync();
        Assert.Equal(new RespError("ERR max number of clients reached"), await second.ReadAsync());
        await Assert.ThrowsAsync<EndOfStreamException>(() => second.ReadAsync());
    }

    [Fact]
    public async Task Uptime_is_that_of_the_process_however_late_somebody_asks()
    {
        using var process = Process.GetCurrentProcess();
        var least = (long)(DateTime.Now - process.StartTime).TotalSeconds;
        await using var server = await RespServer.StartAsync();
        await using var wire = await server.ConnectAsync();
        var line = ((string)(await wire.AskAsync("INFO", "server"))!).Split("\r\n").Single(each => each.StartsWith("uptime_in_seconds:", StringComparison.Ordinal));
        Assert.InRange(long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture), least, (long)(DateTime.Now - process.StartTime).TotalSeconds);
    }

    [Fact]
    public async Task Stopping_answers_what_was_sent_and_closes()
    {
        await using var server = await RespServer.StartAsync();
        await using var wire = await server.ConnectAsync();
        await wire.AskAsync("XADD", "s", "*", "k", "v");
        await wire.SendAsync("XADD", "s", "*", "k", "v");
        Assert.IsType<string>(await wire.ReadAsync());
        await using var blocked = await server.ConnectAsync();
        await blocked.SendAsync("XREAD", "BLOCK", "0", "STREAMS", "s", "$");
        Assert.Equal("PONG", await wire.AskAsync("PING"));
        await server.DisposeAsync();
        await Assert.ThrowsAsync<EndOfStreamException>(() => wire.ReadAsync());
    }
}
