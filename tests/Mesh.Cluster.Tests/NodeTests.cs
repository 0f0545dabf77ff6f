using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Tools;
using StackExchange.Redis;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>Gateways as nodes, and rooms assigned to them (HubSub specification, 2.3, cases 29 and 30).</summary>
public sealed class NodeTests
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task Two_gateways_that_are_asked_for_a_new_room_at_once_name_the_same_and_what_is_said_there_is_heard_at_all_of_them()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Silos, silos: 2, gateways: 3);
        using var nodes = new NodeClient(cluster);
        await nodes.SeenByAllAsync(3);
        var asked = await Task.WhenAll(cluster.Gateways.Select(gateway => nodes.GatewaysOfAsync(gateway, "new")));
        Assert.Equal(2, asked[0].Distinct().Count());
        Assert.All(asked, answer => Assert.Equal(asked[0], answer));
        var shown = await nodes.NodesAsync(cluster.Gateways[2]);
        Assert.Equal(3, shown.Count);
        Assert.Equal(2 * RoomSlot.Count, shown.Sum(node => (int)node!["slots"]!));

        var listening = await Task.WhenAll(asked[0].Select(gateway => RespWire.ConnectAsync(gateway.Resp)));
        foreach (var wire in listening) await wire.AskAsync("SUBSCRIBE", "new");
        foreach (var gateway in cluster.Gateways)
        {
            await using var publisher = await RespWire.ConnectAsync(gateway.Resp);
            Assert.Equal(2L, await publisher.AskAsync("PUBLISH", "new", "hello"));
            foreach (var wire in listening) Assert.Equal(["message", "new", "hello"], Assert.IsType<object?[]>(await wire.ReadAsync().WaitAsync(TimeMax)));
        }

        foreach (var wire in listening) await wire.DisposeAsync();
        await PinnedAsync(cluster, nodes);
    }

    [PostgresFact]
    public async Task When_a_node_dies_its_rooms_go_on_at_another_of_their_nodes_and_when_it_ends_they_do_so_at_once()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Silos, silos: 2, gateways: 4);
        using var nodes = new NodeClient(cluster);
        await nodes.SeenByAllAsync(4);
        var before = await nodes.GatewaysOfAsync(cluster.Gateways[0], "room");
        before[0].KillHard();
        await before[0].EndAsync();
        await using var subscriber = await RespWire.ConnectAsync(before[1].Resp);
        await subscriber.AskAsync("SUBSCRIBE", "room");
        await nodes.SeenByAllAsync(3);
        var after = await nodes.GatewaysOfAsync(before[1], "room");
        Assert.Equal(before[1], after[0]);
        Assert.Equal(2, after.Length);
        await using var publisher = await RespWire.ConnectAsync(after[1].Resp);
        Assert.Equal(1L, await publisher.AskAsync("PUBLISH", "room", "hello"));
        Assert.Equal(["message", "room", "hello"], Assert.IsType<object?[]>(await subscriber.ReadAsync().WaitAsync(TimeMax)));

        after[1].Terminate();
        Assert.Equal(0, (await after[1].EndAsync()).Code);
        var last = cluster.Gateways.Single(gateway => !gateway.HasEnded && gateway != after[0]);
        Assert.Equal(2, (await nodes.NodesAsync(last)).Count);
        Assert.Equal([after[0], last], await nodes.GatewaysOfAsync(last, "room"));
        cluster.Silos[0].KillHard();
        Assert.Equal([after[0], last], await nodes.GatewaysOfAsync(last, "room"));
    }

    [ToolsFact("redis-cli", "ioredis")]
    public async Task Clients_of_a_cluster_find_the_nodes_of_a_room_and_go_on_when_one_is_killed()
    {
        await using var cluster = await Cluster.OpenAsync(await PostgresServer.SharedAsync(), Mortal.Silos, silos: 2, gateways: 3, "--cluster-redirect", "on");
        using var nodes = new NodeClient(cluster);
        await nodes.SeenByAllAsync(3);
        await RedirectedByRedisCliAsync(cluster, nodes);
        await FoundByStackExchangeAsync(cluster);

        var room = await nodes.GatewaysOfAsync(cluster.Gateways[0], "room");
        using var seen = NodePackages.Start(["ioredis"], Path.Combine(AppContext.BaseDirectory, "ioredis-nodes.js"), $"{room[1].Resp.Port}");
        Assert.Equal("nodes 3", await seen.ReadLineAsync());
        Assert.Equal($"subscribed at {room[0].Resp.Port}", await seen.ReadLineAsync());
        Assert.Equal("heard first", await seen.ReadLineAsync());
        room[0].KillHard();
        Assert.Equal("heard again", await seen.ReadLineAsync());
    }

    private static async Task PinnedAsync(Cluster cluster, NodeClient nodes)
    {
        var (one, two, three) = (cluster.Gateways[0], cluster.Gateways[1], cluster.Gateways[2]);
        Assert.Equal([three, one, two], await nodes.PinAsync(two, "new", three, one, two));
        Assert.Equal([three, one, two], await nodes.GatewaysOfAsync(one, "new"));
        cluster.Silos[0].KillHard();
        Assert.Equal([three, one, two], await nodes.GatewaysOfAsync(one, "new"));
        Assert.True(await nodes.UnpinAsync(three, "new"));
        Assert.Equal(2, (await nodes.GatewaysOfAsync(two, "new")).Length);
    }

    private static async Task RedirectedByRedisCliAsync(Cluster cluster, NodeClient nodes)
    {
        var room = await nodes.GatewaysOfAsync(cluster.Gateways[0], "room");
        var away = cluster.Gateways.Single(gateway => !room.Contains(gateway));
        Task<string> Run(params string[] words) => Command.RunAsync(Path.GetTempPath(), "redis-cli", ["-p", $"{away.Resp.Port}", .. words]);
        var moved = $"MOVED {RoomSlot.Of("room"u8)} {room[0].Resp}\n\n";
        await Eventually.TrueAsync(async () => await Run("SPUBLISH", "room", "x") == moved, "a gateway that has not the slot sends its clients to one that has");
        Assert.Equal("0\n", await Run("-c", "SPUBLISH", "room", "x"));
        Assert.Equal("0\n", await Run("PUBLISH", "room", "x"));
        Assert.Equal("1-1\n", await Run("XADD", "room", "1-1", "k", "v"));
    }

    private static async Task FoundByStackExchangeAsync(Cluster cluster)
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Gateways[0].Resp},abortConnect=true,connectTimeout=20000,syncTimeout=20000");
        await Eventually.TrueAsync(() => Task.FromResult(redis.GetEndPoints().Length == 3), "StackExchange.Redis finds all nodes");
        var config = redis.GetServer(cluster.Gateways[0].Resp).ClusterConfiguration;
        Assert.Equal(3, config.Nodes.Count);
        Assert.Equal(RoomSlot.Count, config.Nodes.SelectMany(node => node.Slots).Sum(range => range.To - range.From + 1));
        for (var i = 0; i < 20; i++) Assert.Equal("1-1", (string?)await redis.GetDatabase().ExecuteAsync("XADD", [(RedisKey)$"key-{i}", "1-1", "k", "v"]));
        await redis.CloseAsync(allowCommandsToComplete: false);
    }
}
