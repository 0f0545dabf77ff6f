using System.Text;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What rooms that keep a history promise beside what all rooms do.</summary>
public abstract class RoomHistoryContract : MeshContract
{
    private static readonly StreamName Name = StreamName.Room("lobby");

    private IGroupedLog Log => Mesh.Room(Name);

    [ContractFact]
    public async Task A_room_keeps_nothing_until_it_is_told_to()
    {
        Assert.IsType<AppendResult.NoSuchStream>(await Log.AppendAsync(Given.Segment("a")));
        Assert.Null(await Mesh.Catalogue.FindAsync(Name));
        Assert.Equal(0, (await Log.ReadAsync(new ReadQuery())).Count);
        await KeepAsync();
        Assert.IsType<AppendResult.Appended>(await Log.AppendAsync(Given.Segment("a")));
    }

    [ContractFact]
    public async Task What_is_appended_by_any_door_is_heard_by_listeners_and_patterns_in_order()
    {
        var (room, pattern) = (new RoomListener(), new RoomListener());
        await Mesh.Rooms.SubscribeAsync(Bytes("lobby"), room);
        await Mesh.Rooms.SubscribePatternAsync(Bytes("lo*"), pattern);
        await KeepAsync(count: 1);
        var sent = Enumerable.Range(0, 200).Select(i => $"{i}").ToList();
        await Task.WhenAll(sent.Select(body => Log.AppendAsync(Given.Segment(body)).AsTask()));
        await Eventually.TrueAsync(() => Task.FromResult(room.Heard.Count == 200 && pattern.Heard.Count == 200), "all messages are heard");
        Assert.Equal(sent, room.Heard);
        Assert.Equal(sent, pattern.Heard);
    }

    [ContractFact]
    public async Task A_history_survives_a_restart()
    {
        await KeepAsync();
        await Log.AppendAsync(Given.Segment("a", "b"));
        await RestartAsync();
        await Log.AppendAsync(Given.Segment("c"));
        Assert.Equal(["a", "b", "c"], (await Log.ReadAsync(new ReadQuery())).Bodies());
    }

    [ContractFact]
    public async Task A_publish_is_stored_before_it_is_answered_and_counts_its_listeners()
    {
        var (room, pattern) = (new RoomListener(), new RoomListener());
        await Mesh.Rooms.SubscribeAsync(Bytes("lobby"), room);
        await Mesh.Rooms.SubscribePatternAsync(Bytes("lo*"), pattern);
        Assert.Equal(2, await PublishAsync("memory"));
        await KeepAsync();
        Assert.Equal(2, await PublishAsync("a"));
        Assert.Equal(["a"], await KeptAsync());
        Assert.Equal(2, await PublishAsync("b"));
        await Mesh.Rooms.UnsubscribePatternAsync(Bytes("lo*"), pattern);
        Assert.Equal(1, await PublishAsync("c"));
        Assert.Equal(["a", "b", "c"], await KeptAsync());
        Assert.Equal(["memory", "a", "b", "c"], room.Heard);
        Assert.Equal(["memory", "a", "b"], pattern.Heard);
        Assert.True(await Mesh.Catalogue.DeleteAsync(Name));
        Assert.Equal(1, await PublishAsync("live"));
        Assert.Empty(await KeptAsync());
        Assert.Equal("live", room.Heard[^1]);
    }

    [ContractFact]
    public async Task A_room_keeps_its_history_over_a_restart_although_nobody_tells_it_again()
    {
        await KeepAsync();
        await PublishAsync("a");
        await RestartAsync();
        Assert.Equal(0, await PublishAsync("b"));
        Assert.Equal(["a", "b"], await KeptAsync());
    }

    [ContractFact]
    public async Task A_publish_that_cannot_be_stored_is_refused_and_reaches_nobody()
    {
        var listener = new RoomListener();
        await Mesh.Rooms.SubscribeAsync(Bytes("lobby"), listener);
        await KeepAsync();
        await PublishAsync("a");
        Store.FailNextCommit(CommitFault.Refused);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => PublishAsync("refused").AsTask());
        Assert.Equal(1, await PublishAsync("b"));
        Assert.Equal(["a", "b"], listener.Heard);
        Assert.Equal(["a", "b"], await KeptAsync());
    }

    [ContractFact]
    public async Task Several_publishers_and_whoever_follows_the_history_see_one_order()
    {
        const int Messages = 400;
        await KeepAsync();
        var listener = new RoomListener();
        await Mesh.Rooms.SubscribeAsync(Bytes("lobby"), listener);
        var followed = FollowAsync(Messages);
        var counts = await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => PublishAsync($"{i}").AsTask()));
        Assert.All(counts, count => Assert.Equal(1, count));
        Assert.Equal(await KeptAsync(), listener.Heard);
        Assert.Equal(listener.Heard, await followed);
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}"), listener.Heard);
    }

    private async Task<List<string>> FollowAsync(int messages)
    {
        var followed = new List<string>();
        await foreach (var page in Log.TailAsync(Sequence.First))
        {
            followed.AddRange(page.Bodies());
            if (followed.Count >= messages) break;
        }

        return followed;
    }

    private async Task<List<string>> KeptAsync() => (await Log.ReadAsync(new ReadQuery())).Bodies();

    private ValueTask<int> PublishAsync(string message) => Mesh.Rooms.PublishAsync("lobby"u8, Encoding.UTF8.GetBytes(message));

    private async Task KeepAsync(long count = 1000) => Assert.True(await Mesh.Catalogue.CreateAsync(Name, new StreamOptions { RetentionCount = count }, default));

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
