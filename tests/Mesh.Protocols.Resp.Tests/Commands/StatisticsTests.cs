using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>What INFO counts, at a door that nobody else uses.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public async Task What_is_counted_is_counted_from_zero_again_after_config_resetstat()
    {
        await using var server = await RespServer.StartAsync();
        await using var left = await server.ConnectAsync();
        await using var wire = await server.ConnectAsync();
        await left.AskAsync("PING");
        await wire.AskAsync("PING");
        Assert.Equal(("2", "3"), await CountedAsync(wire));
        Assert.Equal("OK", await wire.AskAsync("CONFIG", "RESETSTAT"));
        Assert.Equal(("0", "1"), await CountedAsync(wire));
        await left.DisposeAsync();
        await using var late = await server.ConnectAsync();
        await late.AskAsync("PING");
        Assert.Equal(("1", "3"), await CountedAsync(wire));
    }

    private static async Task<(string Connections, string Commands)> CountedAsync(RespWire wire)
    {
        var lines = Assert.IsType<string>(await wire.AskAsync("INFO", "stats")).Split("\r\n").Select(line => line.Split(':')).ToLookup(parts => parts[0], parts => parts[^1]);
        return (lines["total_connections_received"].Single(), lines["total_commands_processed"].Single());
    }
}
