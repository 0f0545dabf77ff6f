using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Rooms that keep a history, and subscriptions that go on from a point in it.</summary>
public abstract class RoomHistoryCommandContract(Func<Task<RespDoor>> open) : OneClientContract(open)
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [ContractFact]
    public async Task A_room_keeps_a_history_shows_it_and_drops_it()
    {
        Assert.Null(await Client.AskAsync("ROOM", "HISTORY", "lobby"));
        Assert.Equal("OK", await Client.AskAsync("ROOM", "HISTORY", "lobby", "COUNT", "2", "AGE", "60"));
        for (var i = 1; i <= 3; i++) Assert.Equal(0L, await Client.AskAsync("PUBLISH", "lobby", $"m{i}"));
        Assert.Equal(Reply("count", 2L, "age", 60L, "bytes", null, "first", 2L, "last", 3L), await Client.AskAsync("ROOM", "HISTORY", "lobby"));
        Assert.Equal(["m2", "m3"], (await Door.Mesh.Room(StreamName.Room("lobby")).ReadAsync(new ReadQuery())).Bodies());
        Assert.Equal("OK", await Client.AskAsync("ROOM", "HISTORY", "lobby", "BYTES", "1000000"));
        Assert.Equal(Reply("count", null, "age", null, "bytes", 1000000L), Assert.IsType<object?[]>(await Client.AskAsync("ROOM", "HISTORY", "lobby"))[..6]);
        Assert.Equal("OK", await Client.AskAsync("ROOM", "HISTORY", "lobby", "OFF"));
        Assert.Null(await Client.AskAsync("ROOM", "HISTORY", "lobby"));
        Assert.Equal(0L, await Client.AskAsync("PUBLISH", "lobby", "gone"));
        Assert.Null(await Client.AskAsync("ROOM", "HISTORY", "lobby"));
    }

    [ContractFact]
    public async Task What_is_wrong_with_limits_is_said()
    {
        foreach (var wrong in new[] { "COUNT", "COUNT 0", "AGE -1", "BYTES x", "ENTRIES 5" })
            Assert.IsType<RespError>(await Client.AskAsync(["ROOM", "HISTORY", "lobby", .. wrong.Split(' ')]));
        Assert.Null(await Client.AskAsync("ROOM", "HISTORY", "lobby"));
    }

    [ContractFact]
    public async Task A_live_subscriber_gets_each_message_once_and_publish_counts_all_who_listen()
    {
        await KeepAsync();
        await using var live = await Door.ConnectAsync();
        await using var follower = await Door.ConnectAsync();
        await live.AskAsync("SUBSCRIBE", "lobby");
        await follower.AskAsync("SUBSCRIBE", "lobby?since=$");
        for (var i = 1; i <= 20; i++) Assert.Equal(2L, await Client.AskAsync("PUBLISH", "lobby", $"m{i}"));
        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(Reply("message", "lobby", $"m{i}"), await live.ReadAsync().WaitAsync(TimeMax));
            Assert.Equal(Reply("message", "lobby?since=$", $"m{i}"), await follower.ReadAsync().WaitAsync(TimeMax));
        }
    }

    [ContractFact]
    public async Task A_subscription_goes_on_behind_the_message_it_names_and_then_live()
    {
        await KeepAsync();
        for (var i = 1; i <= 5; i++) await Client.AskAsync("PUBLISH", "lobby", $"m{i}");
        await using var follower = await Door.ConnectAsync();
        Assert.Equal(Reply("subscribe", "lobby?since=3", 1L), await follower.AskAsync("SUBSCRIBE", "lobby?since=3"));
        Assert.Equal(1L, await Client.AskAsync("PUBLISH", "lobby", "m6"));
        for (var i = 4; i <= 6; i++) Assert.Equal(Reply("message", "lobby?since=3", $"m{i}"), await follower.ReadAsync().WaitAsync(TimeMax));
        Assert.Equal(Reply("unsubscribe", "lobby?since=3", 0L), await follower.AskAsync("UNSUBSCRIBE", "lobby?since=3"));
        Assert.Equal(0L, await Client.AskAsync("PUBLISH", "lobby", "m7"));
        Assert.Equal("hi", await follower.AskAsync("ECHO", "hi"));
    }

    [ContractFact]
    public async Task By_a_pattern_each_message_comes_under_the_name_to_go_on_by()
    {
        await KeepAsync();
        for (var i = 1; i <= 3; i++) await Client.AskAsync("PUBLISH", "lobby", $"m{i}");
        var next = "lobby?since=0";
        for (var i = 1; i <= 3; i++)
        {
            await using var follower = await Door.ConnectAsync();
            Assert.Equal(Reply("psubscribe", next, 1L), await follower.AskAsync("PSUBSCRIBE", next));
            var message = Assert.IsType<object?[]>(await follower.ReadAsync().WaitAsync(TimeMax));
            Assert.Equal(Reply("pmessage", next, $"lobby?since={i}", $"m{i}"), message);
            next = (string)message[2]!;
        }
    }

    [ContractFact]
    public async Task Messages_that_come_while_a_follower_catches_up_are_neither_missed_nor_doubled()
    {
        await KeepAsync();
        var sent = new List<string>();
        for (var i = 0; i < 300; i++)
        {
            sent.Add($"m{i}");
            await Client.SendAsync("PUBLISH", "lobby", sent[^1]);
        }

        await using var follower = await Door.ConnectAsync();
        await follower.SendAsync("SUBSCRIBE", "lobby?since=0");
        for (var i = 300; i < 600; i++)
        {
            sent.Add($"m{i}");
            await Client.SendAsync("PUBLISH", "lobby", sent[^1]);
        }

        Assert.Equal(Reply("subscribe", "lobby?since=0", 1L), await follower.ReadAsync().WaitAsync(TimeMax));
        var got = new List<string>();
        while (got.Count < 600) got.Add((string)Assert.IsType<object?[]>(await follower.ReadAsync().WaitAsync(TimeMax))[2]!);
        Assert.Equal(sent, got);
    }

    [ContractFact]
    public async Task A_history_that_was_made_anew_is_read_from_its_start()
    {
        await KeepAsync();
        await Client.AskAsync("PUBLISH", "lobby", "new");
        await using var follower = await Door.ConnectAsync();
        await follower.AskAsync("SUBSCRIBE", "lobby?since=99");
        Assert.Equal(Reply("message", "lobby?since=99", "new"), await follower.ReadAsync().WaitAsync(TimeMax));
        await Client.AskAsync("ROOM", "HISTORY", "lobby", "OFF");
        await KeepAsync();
        await Client.AskAsync("PUBLISH", "lobby", "newer");
        Assert.Equal(Reply("message", "lobby?since=99", "newer"), await follower.ReadAsync().WaitAsync(TimeMax));
    }

    [ContractFact]
    public async Task A_room_without_history_has_nothing_to_go_on_from()
    {
        Assert.StartsWith("ERR room 'lobby' keeps no history", Assert.IsType<RespError>(await Client.AskAsync("SUBSCRIBE", "lobby?since=1")).Text, StringComparison.Ordinal);
        Assert.Equal(Reply("subscribe", "lobby?since=x", 1L), await Client.AskAsync("SUBSCRIBE", "lobby?since=x"));
        Assert.Equal(Reply("psubscribe", "lobby[?]since=1", 2L), await Client.AskAsync("PSUBSCRIBE", "lobby[?]since=1"));
    }

    private async Task KeepAsync() => Assert.Equal("OK", await Client.AskAsync("ROOM", "HISTORY", "lobby", "COUNT", "10000"));
}
