using StackExchange.Redis;

namespace Mesh.Protocols.Resp.Tests.Clients;

/// <summary>StackExchange.Redis, which asks a lot when it connects and subscribes on a connection of its own.</summary>
public sealed class StackExchangeTests
{
    [Fact]
    public async Task StackExchange_redis_connects_publishes_subscribes_and_adds_to_a_stream()
    {
        await using var server = await RespServer.StartAsync();
        using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},abortConnect=true,connectTimeout=20000,syncTimeout=20000");
        var database = redis.GetDatabase();
        Assert.True((await database.PingAsync()) > TimeSpan.Zero);

        var received = new TaskCompletionSource<string>();
        var subscriber = redis.GetSubscriber();
        await subscriber.SubscribeAsync("room", (_, message) => received.TrySetResult(message!));
        Assert.Equal(1, await subscriber.PublishAsync("room", "hello"));
        Assert.Equal("hello", await received.Task.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal("1-1", (string?)await database.ExecuteAsync("XADD", "s", "1-1", "k", "v"));
        Assert.Equal(1, (int)await database.ExecuteAsync("XLEN", "s"));
    }
}
