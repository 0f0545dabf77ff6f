using System.Text;
using Mesh.Testing;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What rooms that keep a history promise beside what all rooms do.</summary>
public abstract class RoomHistoryContract : MeshContract
{
    private static readonly StreamName Name = StreamName.Room("lobby");

    private IGroupedLog Log => Mesh.Room(Name);

    [Fact]
    public async Task A_room_keeps_nothing_until_it_is_told_to()
    {
        Assert.IsType<AppendResult.NoSuchStream>(await Log.AppendAsync(Given.Segment("a")));
        Assert.Null(await Mesh.Catalogue.FindAsync(Name));
        Assert.Equal(0, (await Log.ReadAsync(new ReadQuery())).Count);
        await KeepAsync();
        Assert.IsType<AppendResult.Appended>(await Log.AppendAsync(Given.Segment("a")));
    }

    [Fact]
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

    [Fact]
    public async Task A_history_survives_a_restart()
    {
        await KeepAsync();
        await Log.AppendAsync(Given.Segment("a", "b"));
        await RestartAsync();
        await Log.AppendAsync(Given.Segment("c"));
        Assert.Equal(["a", "b", "c"], (await Log.ReadAsync(new ReadQuery())).Bodies());
    }

    private async Task KeepAsync(long count = 1000) => Assert.True(await Mesh.Catalogue.CreateAsync(Name, new StreamOptions { RetentionCount = count }, default));

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
