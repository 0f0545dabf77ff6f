using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Tools;
using StackExchange.Redis;

namespace Mesh.Protocols.Resp.Tests.Clients;

/// <summary>Clients that people use.</summary>
public abstract class ClientContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    [ToolFact("redis-tools", "redis-cli")]
    public async Task Redis_cli_adds_reads_and_publishes()
    {
        Task<string> Run(params string[] command) => Command.RunAsync(Path.GetTempPath(), "redis-cli", ["-h", "127.0.0.1", "-p", Door.Port, .. command]);
        Assert.Equal("PONG\n", await Run("PING"));
        Assert.Equal("1-1\n", await Run("XADD", "s", "1-1", "sensor", "7"));
        Assert.Equal("1-1\nsensor\n7\n", await Run("XRANGE", "s", "-", "+"));
        Assert.Equal("0\n", await Run("PUBLISH", "room", "hello"));
        Assert.Equal("1-1\nsensor\n7\n", await Run("-3", "XRANGE", "s", "-", "+"));
    }

    [NodeFact("ioredis")]
    public async Task Ioredis_subscribes_publishes_and_pipelines_streams()
    {
        var seen = await NodePackages.RunAsync(["ioredis"], Path.Combine(AppContext.BaseDirectory, "Clients", "ioredis.js"), Door.Port);
        Assert.Equal("message room hello\npmessage r* room hello\nlength 100\nread 100 99\n", seen);
    }

    [NodeFact("redis")]
    public async Task Node_redis_shares_a_stream_out_among_a_group_and_hears_shard_channels()
    {
        var seen = await NodePackages.RunAsync(["redis"], Path.Combine(AppContext.BaseDirectory, "Clients", "node-redis.js"), Door.Port);
        Assert.Equal("got 1-1 v\npending 1\nclaimed 1-1\nacked 1\nlag 1\nmulti 2 3-1\nshard hello\n", seen);
    }

    [ToolFact("redis-tools", "redis-cli")]
    public async Task Redis_cli_finds_the_nodes_of_a_cluster()
    {
        Task<string> Run(params string[] command) => Command.RunAsync(Path.GetTempPath(), "redis-cli", ["-c", "-h", "127.0.0.1", "-p", Door.Port, .. command]);
        Assert.Equal("1-1\n", await Run("XADD", "{a}s", "1-1", "k", "v"));
        Assert.Contains("connected 0-16383", await Run("CLUSTER", "NODES"), StringComparison.Ordinal);
        Assert.Contains("16384 slots covered", await Command.RunAsync(Path.GetTempPath(), "redis-cli", ["--cluster", "check", $"127.0.0.1:{Door.Port}"]), StringComparison.Ordinal);
    }

    [NodeFact("ioredis")]
    public async Task Ioredis_finds_the_nodes_of_a_cluster()
    {
        var seen = await NodePackages.RunAsync(["ioredis"], Path.Combine(AppContext.BaseDirectory, "Clients", "ioredis-cluster.js"), Door.Port);
        Assert.Equal("nodes 1\nlengths 1,1,1,1\nmessage room hello\nsmessage shard hello\n", seen);
    }

    /// <summary>It asks a lot when it connects, and subscribes on a connection of its own.</summary>
    [ContractFact]
    public async Task StackExchange_redis_connects_publishes_subscribes_and_adds_to_a_stream()
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Door.Port},abortConnect=true,connectTimeout=60000,syncTimeout=60000");
        var database = redis.GetDatabase();
        Assert.True((await database.PingAsync()) > TimeSpan.Zero);

        var received = new TaskCompletionSource<string>();
        var subscriber = redis.GetSubscriber();
        await subscriber.SubscribeAsync("room", (_, message) => received.TrySetResult(message!));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)); // it may say that it has subscribed before it has
        while (await subscriber.PublishAsync("room", "hello") != 1) limit.Token.ThrowIfCancellationRequested();
        Assert.Equal("hello", await received.Task.WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Equal("1-1", (string?)await database.ExecuteAsync("XADD", "s", "1-1", "k", "v"));
        Assert.Equal(1, (int)await database.ExecuteAsync("XLEN", "s"));
        Assert.Equal(ServerType.Cluster, redis.GetServer(redis.GetEndPoints()[0]).ServerType);
        await redis.CloseAsync(allowCommandsToComplete: false); // else it waits out its timeout, whatever the server
    }

    /// <summary>It takes whoever answers CLUSTER for a cluster, and keeps commands over keys of several slots to itself; its user may say otherwise.</summary>
    [ContractFact]
    public async Task StackExchange_redis_that_is_told_so_takes_no_notice_of_slots()
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Door.Port},abortConnect=true,connectTimeout=60000,syncTimeout=60000,$CLUSTER=");
        Assert.Equal(ServerType.Standalone, redis.GetServer(redis.GetEndPoints()[0]).ServerType);
        var database = redis.GetDatabase();
        foreach (var key in new[] { "a", "b" }) await database.ExecuteAsync("XADD", key, "*", "k", "v");
        Assert.Equal(2, await database.KeyDeleteAsync(["a", "b"]));
        await redis.CloseAsync(allowCommandsToComplete: false);
    }
}
