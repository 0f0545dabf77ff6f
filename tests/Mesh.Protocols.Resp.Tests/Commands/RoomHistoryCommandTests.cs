using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Histories of rooms, and what becomes of a slow follower.</summary>
public sealed class RoomHistoryCommandTests() : RoomHistoryCommandContract(RespServer.OpenAsync)
{
    [Fact]
    public async Task A_follower_that_reads_slowly_falls_behind_and_is_not_cut_off()
    {
        const int Messages = 200;
        await using var server = await RespServer.StartAsync(new RespOptions { SubscriberSoftBytesMax = 64 * 1024, SubscriberBytesMax = 256 * 1024 });
        await using var follower = await server.ConnectAsync();
        await using var publisher = await server.ConnectAsync();
        await publisher.AskAsync("ROOM", "HISTORY", "r", "COUNT", "1000");
        await follower.AskAsync("SUBSCRIBE", "r?since=0");
        var payload = new string('x', 64 * 1024);
        for (var i = 0; i < Messages; i++) Assert.Equal(1L, await publisher.AskAsync("PUBLISH", "r", $"{i}{payload}"));
        for (var i = 0; i < Messages; i++) Assert.Equal($"{i}{payload}", Assert.IsType<object?[]>(await follower.ReadAsync())[2]);
    }

    [Fact]
    public async Task A_follower_goes_on_when_storage_comes_back()
    {
        await using var server = await RespServer.StartAsync();
        await using var follower = await server.ConnectAsync();
        await using var publisher = await server.ConnectAsync();
        await publisher.AskAsync("ROOM", "HISTORY", "r", "COUNT", "1000");
        await follower.AskAsync("SUBSCRIBE", "r?since=0");
        await publisher.AskAsync("PUBLISH", "r", "before");
        server.Store.FailNextCommit(CommitFault.Refused);
        Assert.StartsWith("UNAVAILABLE", Assert.IsType<RespError>(await publisher.AskAsync("PUBLISH", "r", "refused")).Text, StringComparison.Ordinal);
        await publisher.AskAsync("PUBLISH", "r", "after");
        Assert.Equal("before", Assert.IsType<object?[]>(await follower.ReadAsync())[2]);
        Assert.Equal("after", Assert.IsType<object?[]>(await follower.ReadAsync())[2]);
    }
}
