using System.Diagnostics;
using System.Text;
using Mesh.Engine.Storage;
using Mesh.Orleans.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Mesh.Orleans.Tests;

/// <summary>Rooms whose listeners are in several processes.</summary>
public sealed class RoomTests
{
    [Fact]
    public async Task Listeners_of_every_process_are_reached_and_counted()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (gateway, one, two) = (fixture.Mesh.Rooms, RoomsOf(fixture, 0), RoomsOf(fixture, 1));
        var listener = new Counter();
        await gateway.SubscribeAsync(Bytes("news"), listener);
        await one.SubscribeAsync(Bytes("news"), listener);
        await one.SubscribeAsync(Bytes("news"), new Counter());
        await two.SubscribePatternAsync(Bytes("n*"), listener);
        foreach (var publisher in new[] { gateway, one, two })
        {
            Assert.Equal(4, await publisher.PublishAsync("news"u8, "x"u8));
            Assert.Equal(3, await publisher.SubscribersAsync(Bytes("news")));
            Assert.Equal(1, await publisher.PatternsAsync());
            Assert.Equal("news", Encoding.UTF8.GetString(Assert.Single(await publisher.RoomsAsync(default)).Span));
            Assert.Equal(1, await publisher.PublishAsync("nobody"u8, "x"u8));
        }

        Assert.Equal(12, listener.Messages);
    }

    [Fact]
    public async Task A_pattern_counts_from_the_moment_its_subscription_is_answered()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (one, two) = (RoomsOf(fixture, 0), RoomsOf(fixture, 1));
        for (var i = 0; i < 50; i++)
        {
            var (pattern, room) = (Bytes($"room {i}*"), Encoding.UTF8.GetBytes($"room {i}."));
            await two.PublishAsync(room, "before"u8); // the room is active, and knows the patterns so far
            var listener = new Counter();
            await one.SubscribePatternAsync(pattern, listener);
            Assert.Equal(1, await two.PublishAsync(room, "x"u8));
            await one.UnsubscribePatternAsync(pattern, listener);
        }
    }

    [Fact]
    public async Task When_a_silo_dies_its_rooms_find_their_listeners_again_and_a_new_silo_knows_the_patterns()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (gateway, survivor) = (fixture.Mesh.Rooms, RoomsOf(fixture, 1));
        var rooms = Enumerable.Range(0, 40).Select(i => Bytes($"room {i}")).ToList();
        foreach (var room in rooms)
        {
            await gateway.SubscribeAsync(room, new Counter());
            await survivor.SubscribeAsync(room, new Counter());
        }

        await gateway.SubscribePatternAsync(Bytes("room 1*"), new Counter());
        await fixture.Cluster.KillSiloAsync(fixture.Cluster.Silos[0]);
        await CheckAsync();
        await fixture.Cluster.StartAdditionalSiloAsync();
        await fixture.Cluster.StopSiloAsync(fixture.Cluster.Silos[0]);
        await CheckAsync(reached: 1);

        async Task CheckAsync(int reached = 2)
        {
            foreach (var room in rooms)
            {
                var expected = reached + (room.Span.StartsWith("room 1"u8) ? 1 : 0);
                Assert.Equal(expected, await PatientlyAsync(() => gateway.PublishAsync(room.Span, "x"u8), expected));
            }
        }
    }

    [Fact]
    public void A_rooms_key_gives_back_any_bytes()
    {
        byte[] room = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Assert.Equal(room, RoomKey.Parse(RoomKey.Of(room)));
        Assert.Equal("default/news:de", RoomKey.Of("news:de"u8));
    }

    /// <summary>
    /// A publish whose silo died says that it does not know whom it reached, and one right after it may come before the room knows all its members again: rooms
    /// are live. Publishes until so many are reached, or for long enough.
    /// </summary>
    private static async Task<int> PatientlyAsync(Func<ValueTask<int>> publish, int expected)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var isOver = Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(30);
            try
            {
                var reached = await publish();
                if (reached == expected || isOver) return reached;
                await Task.Delay(20);
            }
            catch (StorageUnavailableException) when (!isOver)
            {
                // Its silo died with it.
            }
        }
    }

    private static IRooms RoomsOf(ClusterFixture fixture, int silo) =>
        fixture.Cluster.GetSiloServiceProvider(fixture.Cluster.Silos[silo].SiloAddress).GetRequiredService<IMesh>().Rooms;

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Counter : IRoomListener
    {
        private int _messages;

        public int Messages => Volatile.Read(ref _messages);

        public void OnMessage(scoped in RoomMessage message) => Interlocked.Increment(ref _messages);
    }
}
