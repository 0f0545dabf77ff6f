using System.Diagnostics;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Cluster.Tests;

public sealed class RoomTests(ITestOutputHelper output)
{
    private const int Rooms = 20;
    private const int Messages = 20;

    /// <summary>So long after a silo's start clients may be on their way to it.</summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(11);

    private static readonly TimeSpan ForgottenMax = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task A_gateway_that_has_ended_is_counted_no_more_and_nobody_else_notices()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Gateways);
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

    [PostgresFact]
    public async Task A_gateway_that_was_killed_is_forgotten_soon()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Gateways);
        await using var gone = await RespWire.ConnectAsync(cluster.Gateways[1].Resp);
        await gone.AskAsync("SUBSCRIBE", "news");
        await gone.AskAsync("PSUBSCRIBE", "n*");
        await using var subscriber = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        await using var publisher = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        await subscriber.AskAsync("SUBSCRIBE", "news");
        Assert.Equal(3L, await publisher.AskAsync("PUBLISH", "news", "to all"));
        cluster.Gateways[1].KillHard();
        await Eventually.TrueAsync(
            async () => Equals(await publisher.AskAsync("PUBSUB", "NUMPAT"), 0L) && Equals(((object?[])(await publisher.AskAsync("PUBSUB", "NUMSUB", "news"))!)[1], 1L),
            "nobody counts the listeners of the gateway that was killed");
        Assert.Equal(1L, await publisher.AskAsync("PUBLISH", "news", "to one"));
    }

    /// <summary>
    /// Orleans takes a gateway without connections for away for 10 s, and until then calls to it end by their timeout alone: whoever waited for it would get no answer
    /// before. Not while the silo has just started: then a gateway may be on its way to it, and is waited for.
    /// </summary>
    [PostgresFact]
    public async Task Who_publishes_does_not_wait_for_a_gateway_that_was_killed()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Gateways, silos: 0, gateways: 0);
        await cluster.AddSiloAsync(cluster.Data, ["--response-timeout", "20000"]);
        var sinceStart = Stopwatch.StartNew();
        for (var i = 0; i < 2; i++) await cluster.AddGatewayAsync();
        await using var gone = await RespWire.ConnectAsync(cluster.Gateways[1].Resp);
        await using var publisher = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        await using var subscriber = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        foreach (var wire in new[] { gone, subscriber }) await wire.AskAsync("SUBSCRIBE", "news");
        await publisher.AskAsync("PUBLISH", "nobody", "so that this room knows of everybody");
        await Eventually.TrueAsync(async () => Equals(await publisher.AskAsync("PUBLISH", "news", "to both"), 2L) && sinceStart.Elapsed > Unsettled, "both gateways are reached");
        cluster.Gateways[1].KillHard();
        await cluster.Gateways[1].EndAsync();

        // What a busy machine takes for as many messages to nobody is no wait for the gateway.
        var (waited, slowest) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var i = 0; i < Messages; i++)
        {
            var took = await TimeAsync("news", $"{i}");
            waited += took - await TimeAsync("nobody", $"{i}");
            if (took > slowest) slowest = took;
        }

        output.WriteLine($"{Messages} messages took {waited.TotalMilliseconds:0} ms more after the kill than as many to nobody, the slowest {slowest.TotalMilliseconds:0} ms.");
        Assert.True(waited < TimeSpan.FromSeconds(8), $"{waited.TotalSeconds:0.0} s: somebody waited for the gateway that was killed.");
        object?[] heard;
        do heard = Assert.IsType<object?[]>(await subscriber.ReadAsync().WaitAsync(ForgottenMax));
        while ((string)heard[2]! != $"{Messages - 1}");

        async Task<TimeSpan> TimeAsync(string room, string message)
        {
            var since = Stopwatch.GetTimestamp();
            await publisher.AskAsync("PUBLISH", room, message);
            return Stopwatch.GetElapsedTime(since);
        }
    }

    [PostgresFact]
    public async Task A_gateway_that_is_killed_takes_its_members_with_it_and_whoever_watches_is_told()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Gateways);
        await using var killed = await RespWire.ConnectAsync(cluster.Gateways[1].Resp);
        await using var stays = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        await using var watcher = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        foreach (var (member, name) in new[] { (killed, "killed"), (stays, "stays") })
        {
            await member.AskAsync("CLIENT", "SETNAME", name);
            await member.AskAsync("SUBSCRIBE", "lobby");
        }

        await watcher.AskAsync("SUBSCRIBE", "lobby?presence");
        await using var asking = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        Assert.Equal(["killed", "stays"], (await MembersAsync(asking)).Order());
        cluster.Gateways[1].KillHard();
        await Eventually.TrueAsync(async () => await MembersAsync(asking) is ["stays"], "only the member of the other gateway is left");
        var told = Assert.IsType<string>(Assert.IsType<object?[]>(await watcher.ReadAsync())[2]);
        Assert.Contains("\"event\":\"left\"", told, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"killed\"", told, StringComparison.Ordinal);
    }

    private static async Task<List<string>> MembersAsync(RespWire asking) =>
        [.. Assert.IsType<object?[]>(await asking.AskAsync("ROOM", "MEMBERS", "lobby")).Select(member => (string)((object?[])member!)[3]!)];
}
