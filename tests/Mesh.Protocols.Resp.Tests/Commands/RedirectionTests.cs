using Mesh.Protocols.Resp.Nodes;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>A door with another node beside it that has half of the slots and does not listen.</summary>
public sealed class RedirectionTests
{
    private static readonly Node Other = Node.At("10.0.0.1", 7000);
    private readonly ManualClock _door = new();

    [Fact]
    public async Task As_long_as_it_is_off_everything_works_everywhere()
    {
        await using var server = await BesideAnotherAsync(RespRedirect.Off);
        await using var wire = await server.ConnectAsync();
        Assert.Equal(0L, await wire.AskAsync("SPUBLISH", There, "x"));
        Assert.Equal(0L, await wire.AskAsync("PUBLISH", There, "x"));
        Assert.Equal("ssubscribe", ((object?[])(await wire.AskAsync("SSUBSCRIBE", There, Here))!)[0]);
        Assert.Contains("redis_mode:standalone\r\n", Assert.IsType<string>(await (await server.ConnectAsync()).AskAsync("INFO")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shard_channels_are_redirected_as_redis_cluster_does_it_and_nothing_else()
    {
        await using var server = await BesideAnotherAsync(RespRedirect.On);
        await using var wire = await server.ConnectAsync();
        var moved = new RespError($"MOVED {RoomSlot.Of(Bytes(There))} 10.0.0.1:7000");
        Assert.Equal(moved, await wire.AskAsync("SPUBLISH", There, "x"));
        Assert.Equal(moved, await wire.AskAsync("SSUBSCRIBE", There));
        Assert.Equal(new RespError("CROSSSLOT Keys in request don't hash to the same slot"), await wire.AskAsync("SSUBSCRIBE", Here, There));
        Assert.Equal(moved, await wire.AskAsync("SSUBSCRIBE", $"{{{There}}}a", $"{{{There}}}b"));
        Assert.Equal(0L, await wire.AskAsync("SPUBLISH", Here, "x"));
        Assert.Equal(0L, await wire.AskAsync("PUBLISH", There, "x"));
        Assert.Equal("OK", await wire.AskAsync("MULTI"));
        Assert.Equal(moved, await wire.AskAsync("SPUBLISH", There, "x"));
        Assert.StartsWith("EXECABORT", Assert.IsType<RespError>(await wire.AskAsync("EXEC")).Text, StringComparison.Ordinal);
        await wire.AskAsync("XADD", There, "1-1", "k", "v");
        Assert.Equal(1L, await wire.AskAsync("XLEN", There));
        Assert.Contains("redis_mode:cluster\r\n", Assert.IsType<string>(await wire.AskAsync("INFO")), StringComparison.Ordinal);
        Assert.Equal("ssubscribe", ((object?[])(await wire.AskAsync("SSUBSCRIBE", Here))!)[0]);
    }

    [Fact]
    public async Task Plain_channels_are_redirected_where_that_is_asked_for_and_patterns_never()
    {
        await using var server = await BesideAnotherAsync(RespRedirect.All);
        await using var wire = await server.ConnectAsync();
        var moved = new RespError($"MOVED {RoomSlot.Of(Bytes(There))} 10.0.0.1:7000");
        Assert.Equal(moved, await wire.AskAsync("PUBLISH", There, "x"));
        Assert.Equal(moved, await wire.AskAsync("SUBSCRIBE", There));
        Assert.StartsWith("CROSSSLOT", Assert.IsType<RespError>(await wire.AskAsync("SUBSCRIBE", Here, There)).Text, StringComparison.Ordinal);
        Assert.Equal(0L, await wire.AskAsync("PUBLISH", Here, "x"));
        Assert.Equal("psubscribe", ((object?[])(await wire.AskAsync("PSUBSCRIBE", "*"))!)[0]);
        Assert.Equal("subscribe", ((object?[])(await wire.AskAsync("SUBSCRIBE", Here))!)[0]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Who_listens_to_shard_channels_of_a_slot_that_moves_away_is_told_and_hears_no_more(int protocol)
    {
        await using var server = await BesideAnotherAsync(RespRedirect.On);
        await using var wire = await server.ConnectAsync();
        await wire.AskAsync("HELLO", $"{protocol}");
        foreach (var channel in new[] { $"{{{Here}}}a", $"{{{Here}}}b", StaysHere }) Assert.Equal("ssubscribe", ((object?[])(await wire.AskAsync("SSUBSCRIBE", channel))!)[0]);
        await MoveAsync(server, Here);
        await KeptNoMoreAsync(server, Here);
        object?[][] told = [(object?[])(await wire.ReadAsync())!, (object?[])(await wire.ReadAsync())!];
        Assert.Equal([$"{{{Here}}}a", $"{{{Here}}}b"], told.Select(push => (string)push[1]!).Order(StringComparer.Ordinal));
        Assert.Equal([("sunsubscribe", 2L), ("sunsubscribe", 1L)], told.Select(push => ((string)push[0]!, (long)push[2]!)));
        Assert.Equal([], (object?[])(await AskAsync(server, "PUBSUB", "SHARDCHANNELS", $"*{Here}*"))!);
        Assert.Equal(1L, await AskAsync(server, "SPUBLISH", StaysHere, "x"));
        Assert.Equal(["smessage", StaysHere, "x"], (object?[])(await wire.ReadAsync())!);
        Assert.StartsWith("MOVED", Assert.IsType<RespError>(await wire.AskAsync("SSUBSCRIBE", Here)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_that_moves_away_is_kept_for_one_more_beat_so_that_its_new_node_sends_nobody_back()
    {
        await using var server = await BesideAnotherAsync(RespRedirect.On);
        await using var wire = await server.ConnectAsync();
        await wire.AskAsync("SSUBSCRIBE", Here);
        await MoveAsync(server, Here);
        Assert.Equal("ssubscribe", ((object?[])(await wire.AskAsync("SSUBSCRIBE", $"{{{Here}}}a"))!)[0]);
        Assert.Equal(1L, await AskAsync(server, "SPUBLISH", Here, "x"));
        Assert.Equal(["smessage", Here, "x"], (object?[])(await wire.ReadAsync())!);
        await KeptNoMoreAsync(server, Here);
        Assert.Equal("sunsubscribe", ((object?[])(await wire.ReadAsync())!)[0]);
    }

    [Fact]
    public async Task And_where_nobody_is_redirected_all_go_on_as_before()
    {
        await using var server = await BesideAnotherAsync(RespRedirect.Off);
        await using var wire = await server.ConnectAsync();
        await wire.AskAsync("SSUBSCRIBE", Here);
        await MoveAsync(server, Here);
        Assert.Equal(1L, await AskAsync(server, "SPUBLISH", Here, "x"));
        Assert.Equal(["smessage", Here, "x"], (object?[])(await wire.ReadAsync())!);
    }

    /// <summary>Gives a channel's slot to the other node; ends when the door knows.</summary>
    private async Task MoveAsync(RespServer server, string channel)
    {
        var slot = RoomSlot.Of(Bytes(channel));
        Assert.Null(await server.Mesh.Nodes.PinAsync(slot, [Other.Id]));
        _door.Advance(INodes.BeatInterval);
        await Eventually.TrueAsync(
            async () => ((object?[])(await AskAsync(server, "CLUSTER", "SLOTS"))!).Cast<object?[]>().Any(range => (long)range[0]! == slot && (long)range[1]! == slot),
            "the door knows that the slot has moved");
    }

    /// <summary>Lets the door beat once more, after which it sends clients of a slot that it has lost away.</summary>
    private async Task KeptNoMoreAsync(RespServer server, string channel)
    {
        _door.Advance(INodes.BeatInterval);
        var unheard = $"{{{channel}}}unheard"; // of the same slot, but those who listen to the channel hear nothing of the question
        await Eventually.TrueAsync(async () => await AskAsync(server, "SPUBLISH", unheard, "x") is RespError { IsMoved: true }, "the door sends clients away");
    }

    private static async Task<object?> AskAsync(RespServer server, params string[] words)
    {
        await using var wire = await server.ConnectAsync();
        return await wire.AskAsync(words);
    }

    private string StaysHere { get; set; } = "";

    private string Here { get; set; } = "";

    private string There { get; set; } = "";

    private async Task<RespServer> BesideAnotherAsync(RespRedirect redirect)
    {
        var server = await RespServer.StartAsync(new RespOptions { Redirect = redirect }, nodesPerRoom: 1, new ManualClock(), _door); // on which the other one is never silent for too long
        await using var wire = await server.ConnectAsync();
        await wire.AskAsync("CLUSTER", "SLOTS");
        await server.Mesh.Nodes.BeatAsync(new NodeReport(Other, default), 0);
        _door.Advance(INodes.BeatInterval);
        await Eventually.TrueAsync(async () => Assert.IsType<object?[]>(await wire.AskAsync("CLUSTER", "SLOTS")).Length > 1, "the door knows of the other node");
        var table = await server.Mesh.Nodes.TableAsync();
        var names = Enumerable.Range(0, 1000).Select(i => $"room-{i}").ToLookup(name => table.Has(RoomSlot.Of(Bytes(name)), Other.Id));
        (Here, There, StaysHere) = (names[false].First(), names[true].First(), names[false].ElementAt(1));
        if (redirect != RespRedirect.Off) await KeptNoMoreAsync(server, There);
        return server;
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
