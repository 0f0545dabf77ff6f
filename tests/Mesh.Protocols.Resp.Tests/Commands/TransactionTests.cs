using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Commands;

public sealed class TransactionTests() : TransactionContract(RespServer.OpenAsync)
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_transaction_whose_streams_others_got_because_a_command_took_too_long_ends_there()
    {
        var clock = new ManualClock();
        await using var server = await RespServer.StartAsync(clock: clock);
        await using var wire = await server.ConnectAsync();
        await wire.AskAsync("XADD", "s", "1-1", "by", "before");
        await wire.AskAsync("MULTI");
        foreach (var id in new[] { "2-1", "2-2", "2-3" }) await wire.AskAsync("XADD", "s", id, "by", "me");
        var ring = server.Mesh.Ring(StreamName.Ring("s"));
        Task<AppendResult> other;
        using (server.Store.HoldCommits())
        {
            await wire.SendAsync("EXEC");
            await Eventually.TrueAsync(() => Task.FromResult(server.Store.CommitsHeld > 0), "the commit of the first command");
            clock.Advance(StreamHold.SilenceMax);
            other = ring.AppendAsync(Given.Segment("other")).AsTask();
            await ring.StateAsync().AsTask().WaitAsync(TimeMax); // let in, as the one before it
        }

        await other.WaitAsync(TimeMax);
        var error = Assert.IsType<RespError>(await wire.ReadAsync().WaitAsync(TimeMax));
        Assert.StartsWith("EXECABORT Transaction ended at command 2 of 3 because others may have used 's' meanwhile", error.Text, StringComparison.Ordinal);
        Assert.EndsWith("Command 1 was run. Command 2 and all after it were not.", error.Text, StringComparison.Ordinal);
        Assert.Equal(3L, await wire.AskAsync("XLEN", "s"));
    }
}
