using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests;

public sealed class RoomTests
{
    private const int Rooms = 20;
    private static readonly TimeSpan ForgottenMax = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task A_gateway_that_has_ended_is_counted_no_more_and_nobody_else_notices()
    {
        await using var cluster = await Cluster.OpenAsync();
        await using var leaving = await RespWire.ConnectAsync(cluster.Gateways[1].Resp);
        for (var i = 0; i < Rooms; i++) await leaving.AskAsync("SUBSCRIBE", $"both-{i}");
        await leaving.AskAsync("PSUBSCRIBE", "n*");
        cluster.Gateways[1].Terminate();
        Assert.Equal(0, (await cluster.Gateways[1].EndAsync()).Code);

        await using var subscriber = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        await using var publisher = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        foreach (var room in Enumerable.Range(0, Rooms).SelectMany(i => new[] { $"both-{i}", $"new-{i}" }))
        {
            Assert.Equal("subscribe", ((object?[])(await subscriber.AskAsync("SUBSCRIBE", room))!)[0]);
            Assert.Equal(1L, await publisher.AskAsync("PUBLISH", room, "hello"));
            Assert.Equal(new object?[] { "message", room, "hello" }, await subscriber.ReadAsync());
        }

        Assert.Equal(2 * Rooms, ((object?[])(await publisher.AskAsync("PUBSUB", "CHANNELS"))!).Length);
        using var limit = new CancellationTokenSource(ForgottenMax);
        while (!Equals(await publisher.AskAsync("PUBSUB", "NUMPAT"), 0L)) limit.Token.ThrowIfCancellationRequested();
    }
}
