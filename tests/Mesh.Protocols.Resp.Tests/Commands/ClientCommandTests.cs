using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>What clients ask about one another, and whom limits that were set cut off.</summary>
public sealed class ClientCommandTests() : ClientCommandContract(RespServer.OpenAsync)
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Limits_that_are_set_cut_clients_of_their_class_off_and_no_others()
    {
        await using var server = await RespServer.StartAsync();
        await using var normal = await server.ConnectAsync();
        await using var subscriber = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await subscriber.AskAsync("SUBSCRIBE", "r");
        await other.AskAsync("XADD", "s", "*", "f", new string('x', 100_000));
        Assert.Equal("OK", await other.AskAsync("CONFIG", "SET", "client-output-buffer-limit", "normal 50kb 0 0"));
        await normal.SendAsync("XRANGE", "s", "-", "+");
        await CutOffAsync(normal);
        Assert.Equal(1L, await other.AskAsync("PUBLISH", "r", new string('x', 100_000)));
        Assert.Equal(100_000, Assert.IsType<string>(Assert.IsType<object?[]>(await subscriber.ReadAsync())[2]).Length);
        Assert.Equal("OK", await other.AskAsync("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0 pubsub 50kb 0 0"));
        Assert.Equal(1L, await other.AskAsync("PUBLISH", "r", new string('x', 100_000)));
        await CutOffAsync(subscriber);
        Assert.Single(Assert.IsType<object?[]>(await other.AskAsync("XRANGE", "s", "-", "+")));
    }

    private static async Task CutOffAsync(RespWire wire) => await Assert.ThrowsAnyAsync<IOException>(async () =>
    {
        while (true) await wire.ReadAsync().WaitAsync(TimeMax);
    });
}
