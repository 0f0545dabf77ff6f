using System.Text;
using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;
using Mesh.Orleans.Rooms;
using Mesh.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
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
        var listener = new RoomListener();
        await gateway.SubscribeAsync(Bytes("news"), listener);
        await one.SubscribeAsync(Bytes("news"), listener);
        await one.SubscribeAsync(Bytes("news"), new RoomListener());
        await two.SubscribePatternAsync(Bytes("n*"), listener);
        foreach (var publisher in new[] { gateway, one, two })
        {
            Assert.Equal(4, await publisher.PublishAsync("news"u8, "x"u8));
            Assert.Equal(3, await publisher.SubscribersAsync(Bytes("news")));
            Assert.Equal(1, await publisher.PatternsAsync());
            Assert.Equal("news", Encoding.UTF8.GetString(Assert.Single(await publisher.RoomsAsync(default)).Span));
            Assert.Equal(1, await publisher.PublishAsync("nobody"u8, "x"u8));
        }

        Assert.Equal(12, listener.Messages.Count);
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
            var listener = new RoomListener();
            await one.SubscribePatternAsync(pattern, listener);
            Assert.Equal(1, await two.PublishAsync(room, "x"u8));
            await one.UnsubscribePatternAsync(pattern, listener);
        }
    }

    [Fact]
    public async Task A_publish_whose_answers_are_lost_reaches_every_listener_once()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (gateway, silo) = (fixture.Mesh.Rooms, RoomsOf(fixture, 1));
        var (listener, other) = (new RoomListener(), new RoomListener());
        await gateway.SubscribeAsync(Bytes("news"), listener);
        await silo.SubscribePatternAsync(Bytes("n*"), other);
        fixture.LoseAnswers(3);
        Assert.Equal(2, await gateway.PublishAsync("news"u8, "x"u8));
        Assert.Equal((1, 1), (listener.Messages.Count, other.Messages.Count));
        Assert.Equal(2, await gateway.PublishAsync("news"u8, "x"u8));
        Assert.Equal((2, 2), (listener.Messages.Count, other.Messages.Count));
    }

    [Fact]
    public async Task Many_messages_whose_answers_are_lost_reach_every_listener_once_and_in_order()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (one, two) = (new RoomListener(), new RoomListener());
        await fixture.Mesh.Rooms.SubscribeAsync(Bytes("news"), one);
        await RoomsOf(fixture, 1).SubscribeAsync(Bytes("news"), two);
        fixture.LoseAnswers(5);
        var publishers = new[] { fixture.Mesh.Rooms, RoomsOf(fixture, 0) };
        var counts = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => publishers[i % 2].PublishAsync("news"u8, Encoding.UTF8.GetBytes($"{i}")).AsTask()));
        Assert.All(counts, count => Assert.Equal(2, count));
        foreach (var listener in new[] { one, two })
            for (var publisher = 0; publisher < 2; publisher++)
                Assert.Equal(Enumerable.Range(0, 2000).Where(i => i % 2 == publisher), listener.Heard.Select(int.Parse).Where(i => i % 2 == publisher));
    }

    [Fact]
    public async Task When_a_silo_dies_the_first_publish_reaches_everybody() => await LoseSilosAsync(await ClusterFixture.StartAsync(new MemoryLogStore()));

    [PostgresFact]
    public async Task When_a_silo_dies_its_rooms_know_their_members_from_grain_storage() => await LoseSilosAsync(await OrleansOnPostgres.StartAsync());

    [Fact]
    public async Task When_a_process_with_listeners_dies_the_first_publish_reaches_the_others_and_the_room_forgets_it()
    {
        await using var fixture = await ClusterFixture.StartAsync(new MemoryLogStore());
        var (gateway, dying) = (fixture.Mesh.Rooms, RoomsOf(fixture, 0));
        var rooms = Enumerable.Range(0, 20).Select(i => Bytes($"room {i}")).ToList();
        foreach (var room in rooms)
        {
            await gateway.SubscribeAsync(room, new RoomListener());
            await dying.SubscribeAsync(room, new RoomListener());
            Assert.Equal(2, await gateway.PublishAsync(room.Span, "x"u8)); // some of the rooms are on the other silo, and know both
        }

        await fixture.Cluster.KillSiloAsync(fixture.Cluster.Silos[0]);
        foreach (var room in rooms)
        {
            Assert.Equal(1, await gateway.PublishAsync(room.Span, "x"u8));
            Assert.Equal(1, await gateway.SubscribersAsync(room));
        }
    }

    [PostgresFact]
    public async Task Grain_storage_holds_the_members_of_rooms_and_the_patterns_as_long_as_there_are_any()
    {
        await using var fixture = await OrleansOnPostgres.StartAsync();
        var rooms = fixture.Mesh.Rooms;
        var listener = new RoomListener();
        await rooms.SubscribeAsync(Bytes("news"), listener);
        await rooms.SubscribePatternAsync(Bytes("n*"), listener);
        await RoomsOf(fixture, 0).SubscribeAsync(Bytes("news"), listener);
        var silo = fixture.Cluster.Silos[0].SiloAddress;
        Assert.Equal([null, silo], (await MembersAsync(fixture)).Select(member => member.Silo).OrderBy(address => address is not null));
        Assert.Equal("n*", Encoding.UTF8.GetString(Assert.Single((await PatternsAsync(fixture)).SelectMany(member => member.Patterns))));

        await rooms.UnsubscribeAsync(Bytes("news"), listener);
        Assert.Equal([silo], (await MembersAsync(fixture)).Select(member => member.Silo));
        await RoomsOf(fixture, 0).UnsubscribeAsync(Bytes("news"), listener);
        await rooms.UnsubscribePatternAsync(Bytes("n*"), listener);
        Assert.Empty(await MembersAsync(fixture));
        Assert.Empty((await PatternsAsync(fixture)).SelectMany(member => member.Patterns));
    }

    [Fact]
    public void A_rooms_key_gives_back_any_bytes()
    {
        byte[] room = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Assert.Equal(room, RoomKey.Parse(RoomKey.Of(room)));
        Assert.Equal("default/news:de", RoomKey.Of("news:de"u8));
    }

    private static async Task LoseSilosAsync(ClusterFixture started)
    {
        await using var fixture = started;
        var (gateway, survivor) = (fixture.Mesh.Rooms, RoomsOf(fixture, 1));
        var rooms = Enumerable.Range(0, 40).Select(i => Bytes($"room {i}")).ToList();
        foreach (var room in rooms)
        {
            await gateway.SubscribeAsync(room, new RoomListener());
            await survivor.SubscribeAsync(room, new RoomListener());
        }

        await gateway.SubscribePatternAsync(Bytes("room 1*"), new RoomListener());
        await fixture.Cluster.KillSiloAsync(fixture.Cluster.Silos[0]);
        await CheckAsync(reached: 2);
        await fixture.Cluster.StartAdditionalSiloAsync();
        await fixture.Cluster.StopSiloAsync(fixture.Cluster.Silos[0]);
        await CheckAsync(reached: 1);

        async Task CheckAsync(int reached)
        {
            foreach (var room in rooms)
                Assert.Equal(reached + (room.Span.StartsWith("room 1"u8) ? 1 : 0), await gateway.PublishAsync(room.Span, "x"u8));
        }
    }

    private static async Task<RoomProcess[]> MembersAsync(ClusterFixture fixture)
    {
        var grain = fixture.Cluster.Client.GetGrain<IRoomGrain>(RoomKey.Of("news"u8));
        return (await StoredAsync<RoomState>(fixture, "room", grain.GetGrainId())).Members;
    }

    private static async Task<AudienceMember[]> PatternsAsync(ClusterFixture fixture) =>
        (await StoredAsync<AudienceState>(fixture, "audience", fixture.Cluster.Client.GetGrain<IAudienceGrain>(0).GetGrainId())).Audience!.Members;

    private static async Task<T> StoredAsync<T>(ClusterFixture fixture, string name, GrainId grain)
        where T : class, new()
    {
        var state = new GrainState<T>(new T());
        await fixture.Cluster.GetSiloServiceProvider().GetRequiredService<IGrainStorage>().ReadStateAsync(name, grain, state);
        return state.State!;
    }

    private static IRooms RoomsOf(ClusterFixture fixture, int silo) =>
        fixture.Cluster.GetSiloServiceProvider(fixture.Cluster.Silos[silo].SiloAddress).GetRequiredService<IMesh>().Rooms;

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
