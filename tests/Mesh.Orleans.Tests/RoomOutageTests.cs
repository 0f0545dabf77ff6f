using System.Text;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>Rooms whose silos were all away for longer than calls are tried again.</summary>
public sealed class RoomOutageTests
{
    [Fact]
    public async Task Listeners_of_rooms_and_patterns_are_reached_again_when_silos_come_back()
    {
        await using var fixture = await ClusterFixture.StartAsync(
            new MemoryLogStore(),
            silos: 1,
            configureClient: client =>
            {
                client.Services.Configure<MeshClientOptions>(options => options.RetryFor = TimeSpan.Zero);
                client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10)); // what is tried once needs its time on a busy machine
            });
        var rooms = fixture.Mesh.Rooms;
        var listener = new Listener();
        await rooms.SubscribeAsync(Bytes("news"), listener);
        await rooms.SubscribePatternAsync(Bytes("n*"), listener);
        Assert.Equal(2, await PublishAsync());
        await fixture.Cluster.KillSiloAsync(fixture.Cluster.Silos[0]);
        await Eventually.TrueAsync(async () => await PublishAsync() is null, "nobody answers");
        await fixture.Cluster.StartAdditionalSiloAsync();
        await Eventually.TrueAsync(async () => await PublishAsync() == 2, "the listener is reached as a member of the room, and by its pattern");

        async Task<int?> PublishAsync()
        {
            try
            {
                return await rooms.PublishAsync("news"u8, "x"u8);
            }
            catch (StorageUnavailableException)
            {
                return null;
            }
        }
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Listener : IRoomListener
    {
        public void OnMessage(scoped in RoomMessage message)
        {
        }
    }
}
