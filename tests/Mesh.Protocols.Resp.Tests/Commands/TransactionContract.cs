using System.Globalization;
using Mesh.Testing;
using Mesh.Testing.Postgres;

namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>EXEC beside other clients. Single answers are held against a real server in <see cref="Parity.RedisParityContract"/>.</summary>
public abstract class TransactionContract(Func<Task<RespDoor>> open) : DoorContract<RespDoor>(open)
{
    private const int Clients = 6;
    private const int Transactions = 10;
    private const int Commands = 4;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(120);

    [ContractFact]
    public async Task Nothing_of_others_comes_between_the_commands_of_one_transaction_on_a_stream()
    {
        var writers = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => TransactAsync(client))));
        await using (var single = await Door.ConnectAsync())
        {
            while (!writers.IsCompleted)
            {
                await single.AskAsync("XADD", "s", "*", "by", "single");
                var length = Assert.IsType<long>(await single.AskAsync("XLEN", "t"));
                Assert.Equal(0, length % Commands);
            }
        }

        await writers.WaitAsync(TimeMax);
        await using var wire = await Door.ConnectAsync();
        Assert.Equal((long)Clients * Transactions * Commands, await wire.AskAsync("XLEN", "t"));
        var entries = Assert.IsType<object?[]>(await wire.AskAsync("XRANGE", "s", "-", "+"));
        var by = entries.Select(entry => (string)((object?[])((object?[])entry!)[1]!)[1]!).ToList();
        for (var i = 0; i < by.Count; i++)
        {
            if (by[i] == "single") continue;
            Assert.All(by.GetRange(i, Commands), each => Assert.Equal(by[i], each));
            i += Commands - 1;
        }
    }

    [ContractFact]
    public async Task What_is_watched_and_changed_by_the_transaction_is_changed_by_nobody_between_look_and_change()
    {
        const int Counted = 40;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var wire = await Door.ConnectAsync();
            for (var done = 0; done < Counted / 4;)
            {
                await wire.AskAsync("WATCH", "counter");
                var length = Assert.IsType<long>(await wire.AskAsync("XLEN", "counter"));
                await wire.AskAsync("MULTI");
                await wire.AskAsync("XADD", "counter", $"{length + 1}-1", "n", "1");
                if (await wire.AskAsync("EXEC") is object?[] replies) done += replies[0] is string ? 1 : throw new InvalidOperationException($"{replies[0]}");
            }
        }))).WaitAsync(TimeMax);
        await using var reader = await Door.ConnectAsync();
        Assert.Equal((long)Counted, await reader.AskAsync("XLEN", "counter"));
    }

    [ContractFact]
    public async Task A_transaction_over_streams_of_one_slot_works_and_over_several_slots_where_there_is_one_process()
    {
        await using var wire = await Door.ConnectAsync();
        await wire.AskAsync("MULTI");
        foreach (var key in new[] { "{a}1", "{a}2", "{a}1" }) Assert.Equal("QUEUED", await wire.AskAsync("XADD", key, "*", "k", "v"));
        Assert.Equal(3, Assert.IsType<object?[]>(await wire.AskAsync("EXEC")).Length);
        await wire.AskAsync("MULTI");
        foreach (var key in new[] { "a", "b" }) Assert.Equal("QUEUED", await wire.AskAsync("XADD", key, "*", "k", "v"));
        var answer = await wire.AskAsync("EXEC");
        if (Door.Mesh.Nodes.IsCluster) Assert.Equal(new RespError("CROSSSLOT Keys in request don't hash to the same slot"), answer);
        else Assert.Equal(2, Assert.IsType<object?[]>(answer).Length);
        Assert.Equal(Door.Mesh.Nodes.IsCluster ? 0L : 1L, await wire.AskAsync("XLEN", "b"));
        Assert.Equal(new RespError("ERR EXEC without MULTI"), await wire.AskAsync("EXEC"));
    }

    private async Task TransactAsync(int client)
    {
        await using var wire = await Door.ConnectAsync();
        for (var i = 0; i < Transactions; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{client}:{i}");
            foreach (var key in new[] { "s", "t" })
            {
                await wire.AskAsync("MULTI");
                for (var command = 0; command < Commands; command++) await wire.AskAsync("XADD", key, "*", "by", name);
                Assert.Equal(Commands, Assert.IsType<object?[]>(await wire.AskAsync("EXEC")).Length);
            }
        }
    }
}
