using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Rooms as Redis's clients know them, and their bounds.</summary>
public sealed class RoomCommandTests() : RoomCommandContract(RespServer.OpenAsync)
{
    [Fact]
    public async Task A_connection_has_only_so_many_subscriptions()
    {
        await using var server = await RespServer.StartAsync(new RespOptions { SubscriptionsMax = 2 });
        await using var wire = await server.ConnectAsync();
        Assert.Equal(Reply("subscribe", "a", 1L), await wire.AskAsync("SUBSCRIBE", "a"));
        Assert.Equal(Reply("psubscribe", "b", 2L), await wire.AskAsync("PSUBSCRIBE", "b"));
        Assert.StartsWith("ERR a connection has at most 2 subscriptions", Assert.IsType<RespError>(await wire.AskAsync("SUBSCRIBE", "c")).Text, StringComparison.Ordinal);
        Assert.Equal(Reply("subscribe", "a", 2L), await wire.AskAsync("SUBSCRIBE", "a"));
        Assert.Equal(Reply("unsubscribe", "a", 1L), await wire.AskAsync("UNSUBSCRIBE", "a"));
        Assert.Equal(Reply("subscribe", "c", 2L), await wire.AskAsync("SUBSCRIBE", "c"));
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_is_cut_off_and_nobody_waits_for_it()
    {
        await using var server = await RespServer.StartAsync(new RespOptions { SubscriberSoftBytesMax = 64 * 1024, SubscriberBytesMax = 256 * 1024 });
        await using var slow = await server.ConnectAsync();
        await using var publisher = await server.ConnectAsync();
        await slow.AskAsync("SUBSCRIBE", "r");
        var payload = new string('x', 64 * 1024);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!Equals(await publisher.AskAsync("PUBLISH", "r", payload), 0L)) limit.Token.ThrowIfCancellationRequested();
        Assert.Equal("PONG", await publisher.AskAsync("PING"));
    }
}
