using System.Net;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Connections;

/// <summary>What is left of a connection that has ended.</summary>
public sealed class LeavingTests
{
    [Fact]
    public async Task Every_subscription_ends_with_its_connection_although_the_cluster_cannot_be_told()
    {
        await using var store = new MemoryLogStore();
        await using var mesh = await EmbeddedMesh.StartAsync(store);
        await using var listener = RespListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new DistantRooms(mesh));
        await using (var wire = await RespWire.ConnectAsync(listener.EndPoint))
        {
            foreach (var room in new[] { "a", "b", "c" }) await wire.AskAsync("SUBSCRIBE", room);
            foreach (var pattern in new[] { "d*", "e*" }) await wire.AskAsync("PSUBSCRIBE", pattern);
            Assert.Equal(2, await mesh.Rooms.PatternsAsync());
        }

        await Eventually.TrueAsync(
            async () => (await mesh.Rooms.RoomsAsync(default)).Count == 0 && await mesh.Rooms.PatternsAsync() == 0,
            "no room and no pattern has a listener");
    }

    [Fact]
    public async Task Who_publishes_and_quits_in_one_breath_is_answered()
    {
        await using var server = await RespServer.StartAsync();
        await using var hears = await RespWire.ConnectAsync(server.EndPoint);
        await hears.AskAsync("SUBSCRIBE", "room");
        await using var wire = await RespWire.ConnectAsync(server.EndPoint);
        await wire.SendRawAsync(new[] { RespWire.Encode("PUBLISH", "room", "x"), RespWire.Encode("QUIT") }.SelectMany(each => each).ToArray());
        Assert.Equal(1L, await wire.ReadAsync());
        Assert.Equal("OK", await wire.ReadAsync());
        Assert.Equal(new object?[] { "message", "room", "x" }, await hears.ReadAsync());
    }
}
