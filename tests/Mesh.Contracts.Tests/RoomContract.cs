using System.Text;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What rooms promise (HubSub specification, section 7).</summary>
public abstract class RoomContract : MeshContract
{
    [ContractFact]
    public async Task A_message_reaches_those_subscribed_and_publish_counts_them()
    {
        var (one, two) = (new RoomListener(), new RoomListener());
        Assert.Equal(0, await PublishAsync("r", "nobody"));
        await Mesh.Rooms.SubscribeAsync(Bytes("r"), one);
        await Mesh.Rooms.SubscribeAsync(Bytes("r"), two);
        await Mesh.Rooms.SubscribeAsync(Bytes("r"), two);
        Assert.Equal(2, await PublishAsync("r", "hello"));
        Assert.Equal(["r||hello"], one.Messages);
        Assert.Equal(["r||hello"], two.Messages);
    }

    [ContractFact]
    public async Task A_pattern_subscriber_is_told_the_pattern_and_counts_beside_the_room()
    {
        var listener = new RoomListener();
        await Mesh.Rooms.SubscribeAsync(Bytes("hello"), listener);
        await Mesh.Rooms.SubscribePatternAsync(Bytes("h*"), listener);
        Assert.Equal(2, await PublishAsync("hello", "x"));
        Assert.Equal(["hello||x", "hello|h*|x"], listener.Messages);
    }

    [ContractFact]
    public async Task After_unsubscribing_nothing_comes()
    {
        var listener = new RoomListener();
        await Mesh.Rooms.SubscribeAsync(Bytes("r"), listener);
        await Mesh.Rooms.SubscribePatternAsync(Bytes("*"), listener);
        await Mesh.Rooms.UnsubscribeAsync(Bytes("r"), listener);
        await Mesh.Rooms.UnsubscribePatternAsync(Bytes("*"), listener);
        Assert.Equal(0, await PublishAsync("r", "x"));
        Assert.Empty(listener.Messages);
        Assert.Empty(await Mesh.Rooms.RoomsAsync(default));
        Assert.Equal(0, await Mesh.Rooms.PatternsAsync());
    }

    [ContractFact]
    public async Task Rooms_subscribers_and_patterns_are_counted()
    {
        var listener = new RoomListener();
        foreach (var room in new[] { "a1", "a2", "b1" }) await Mesh.Rooms.SubscribeAsync(Bytes(room), listener);
        await Mesh.Rooms.SubscribePatternAsync(Bytes("a*"), listener);
        await Mesh.Rooms.SubscribePatternAsync(Bytes("a*"), new RoomListener());
        var matching = await Mesh.Rooms.RoomsAsync(Bytes("a*"));
        Assert.Equal(["a1", "a2"], matching.Select(room => Encoding.UTF8.GetString(room.Span)).Order());
        Assert.Equal(1, await Mesh.Rooms.SubscribersAsync(Bytes("b1")));
        Assert.Equal(0, await Mesh.Rooms.SubscribersAsync(Bytes("c")));
        Assert.Equal(1, await Mesh.Rooms.PatternsAsync());
    }

    [ContractFact]
    public async Task Several_publishers_are_seen_in_one_order_by_all()
    {
        var (one, two) = (new RoomListener(), new RoomListener());
        await Mesh.Rooms.SubscribeAsync(Bytes("r"), one);
        await Mesh.Rooms.SubscribePatternAsync(Bytes("r"), two);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++) await PublishAsync("r", $"{publisher}:{i}");
        })));
        var seen = one.Messages.ConvertAll(message => message.Split('|')[2]);
        Assert.Equal(seen, two.Messages.ConvertAll(message => message.Split('|')[2]));
        for (var publisher = 0; publisher < 3; publisher++)
            Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{publisher}:{i}"), seen.Where(message => message.StartsWith($"{publisher}:", StringComparison.Ordinal)));
    }

    [ContractFact]
    public async Task Messages_published_without_waiting_arrive_in_order_and_each_is_counted_by_itself()
    {
        var (listener, late) = (new RoomListener(), new RoomListener());
        await Mesh.Rooms.SubscribeAsync(Bytes("r"), listener);
        var counts = await Task.WhenAll(PublishMany(0));
        await Mesh.Rooms.SubscribePatternAsync(Bytes("r*"), late);
        var countsLate = await Task.WhenAll(PublishMany(3000));
        Assert.All(counts, count => Assert.Equal(1, count));
        Assert.All(countsLate, count => Assert.Equal(2, count));
        Assert.Equal(Enumerable.Range(0, 6000).Select(i => $"r||{i}"), listener.Messages);
        Assert.Equal(Enumerable.Range(3000, 3000).Select(i => $"r|r*|{i}"), late.Messages);

        Task<int>[] PublishMany(int from) => [.. Enumerable.Range(from, 3000).Select(i => PublishAsync("r", $"{i}").AsTask())];
    }

    private ValueTask<int> PublishAsync(string room, string payload) => Mesh.Rooms.PublishAsync(Encoding.UTF8.GetBytes(room), Encoding.UTF8.GetBytes(payload));

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
