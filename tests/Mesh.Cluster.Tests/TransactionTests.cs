using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Cluster.Tests;

/// <summary>EXEC when the silo that has its stream is killed.</summary>
public sealed class TransactionTests(ITestOutputHelper output)
{
    private const int Transactions = 8;
    private const int Entries = 3000;
    private const int FirstEntries = 10;
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(2);

    [PostgresFact]
    public async Task A_transaction_whose_silo_is_killed_ends_there_and_says_how_much_of_it_was_run()
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Silos, silos: 0, gateways: 0);
        var data = new NpgsqlConnectionStringBuilder(cluster.Data);

        // Where this process gets no time, the silo stores nothing: a transaction that has begun does not end before the silo is killed.
        await using var relay = new TcpRelay(new IPEndPoint(IPAddress.Loopback, data.Port));
        data.Port = relay.Port;
        await cluster.AddSiloAsync(data.ConnectionString);
        await cluster.AddGatewayAsync();
        for (var number = 0; number < Transactions; number++) await AddAsync(cluster, Ring(number));
        await cluster.AddSiloAsync(); // the rings stay where they are
        await using var hearing = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        await hearing.AskAsync("SUBSCRIBE", "begun");
        var running = Enumerable.Range(0, Transactions).Select(number => TransactAsync(cluster, Ring(number))).ToArray();
        for (var i = 0; i < Transactions; i++) await hearing.ReadAsync().WaitAsync(TimeMax);
        var others = Enumerable.Range(0, Transactions).Select(number => AddAsync(cluster, Ring(number))).ToArray();
        cluster.Silos[0].KillHard();

        var answers = await Task.WhenAll(running).WaitAsync(TimeMax);
        await Task.WhenAll(others).WaitAsync(TimeMax);
        for (var number = 0; number < Transactions; number++) await CheckAsync(cluster, Ring(number), answers[number]);
        Assert.Contains(answers, answer => answer is RespError);
    }

    /// <summary>Adds many entries by one transaction, which says between the first of them that it is under way.</summary>
    private static async Task<object?> TransactAsync(Cluster cluster, string ring)
    {
        await using var wire = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        var commands = new List<byte>(RespWire.Encode("MULTI"));
        for (var i = 0; i < Entries; i++)
        {
            if (i == FirstEntries) commands.AddRange(RespWire.Encode("PUBLISH", "begun", ring));
            commands.AddRange(RespWire.Encode("XADD", ring, "*", "n", $"{i}"));
        }

        commands.AddRange(RespWire.Encode("EXEC"));
        await wire.SendRawAsync(commands.ToArray());
        for (var i = 0; i < Entries + 2; i++) Assert.Contains(await wire.ReadAsync().WaitAsync(TimeMax), new object?[] { "OK", "QUEUED" });
        return await wire.ReadAsync();
    }

    private static async Task AddAsync(Cluster cluster, string ring)
    {
        await using var wire = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        while (await wire.AskAsync("XADD", ring, "*", "n", "other") is RespError) await Task.Yield();
    }

    /// <summary>What was run is there, in order, without anything of others in between.</summary>
    private async Task CheckAsync(Cluster cluster, string ring, object? answer)
    {
        await using var wire = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        var entries = Assert.IsType<object?[]>(await wire.AskAsync("XRANGE", ring, "-", "+").WaitAsync(TimeMax));
        var texts = entries.Select(entry => (string)((object?[])((object?[])entry!)[1]!)[1]!).ToList();
        var own = texts.Count(text => text != "other");
        var first = texts.FindIndex(text => text != "other");
        Assert.Equal(Enumerable.Range(0, own).Select(i => i.ToString(CultureInfo.InvariantCulture)), own == 0 ? [] : texts.GetRange(first, own));
        if (answer is object?[] replies)
        {
            Assert.Equal((Entries + 1, Entries), (replies.Length, own));
            return;
        }

        var text = Assert.IsType<RespError>(answer).Text;
        output.WriteLine($"{text} {own} entries.");
        Assert.StartsWith("EXECABORT", text, StringComparison.Ordinal);
        var run = int.Parse(Regex.Match(text, @"Commands 1 to (\d+) were run").Groups[1].Value, CultureInfo.InvariantCulture) - 1; // save PUBLISH
        Assert.InRange(own, run, text.Contains("is not known", StringComparison.Ordinal) ? run + 1 : run);
    }

    private static string Ring(int number) => $"transacted-{number}";
}
