using System.Diagnostics;
using System.Globalization;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace Mesh.Cluster.Tests;

/// <summary>Subscribers that go on in a room's history when what served them is killed.</summary>
public sealed class RoomFollowTests(ITestOutputHelper output)
{
    private const int Publishers = 3;
    private const int Messages = 300;
    private const string End = "end";
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task A_subscriber_whose_gateway_is_killed_goes_on_at_another_behind_the_last_message_it_saw() =>
        await FollowAsync(cluster => cluster.Gateways[0].KillHard());

    private async Task FollowAsync(Action<Cluster> kill)
    {
        await using var cluster = await Cluster.OpenAsync(Mortal.Gateways);
        await using (var wire = await RespWire.ConnectAsync(cluster.Gateways[1].Resp))
            Assert.Equal("OK", await wire.AskAsync("ROOM", "HISTORY", "lobby", "COUNT", "100000"));
        var got = new List<(long Sequence, string Text)>();
        await using var first = await RespWire.ConnectAsync(cluster.Gateways[0].Resp);
        await first.AskAsync("PSUBSCRIBE", "lobby?since=0");
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => PublishAsync(cluster, publisher)));
        while (got.Count < Publishers * Messages / 4) await HearAsync(first, got);
        kill(cluster);
        await HearUntilClosedAsync(first, got);

        var since = got[^1].Sequence;
        output.WriteLine($"Killed behind message {since}.");
        await using var second = await RespWire.ConnectAsync(cluster.Gateways[1].Resp);
        while (await second.AskAsync("PSUBSCRIBE", $"lobby?since={since}").WaitAsync(TimeMax) is RespError refused) output.WriteLine(refused.Text);
        while (got.Select(message => message.Text).Where(text => text.EndsWith(End, StringComparison.Ordinal)).Distinct().Count() < Publishers) await HearAsync(second, got);
        var acknowledged = await publishing.WaitAsync(TimeMax);
        Assert.Equal(Enumerable.Range(1, got.Count).Select(at => (long)at), got.Select(message => message.Sequence));
        for (var publisher = 0; publisher < Publishers; publisher++)
        {
            string[] own = [.. got.Select(message => message.Text).Where(text => text.StartsWith($"{publisher}:", StringComparison.Ordinal)).TakeWhile(text => text != $"{publisher}:{End}")];
            Assert.Equal(TextsOf(publisher).Where(own.Contains), own);
            Assert.Empty(acknowledged[publisher].Except(own));
            Assert.Equal(Messages, acknowledged[publisher].Count);
        }
    }

    /// <summary>Publishes all through the gateway that lives, each message when the one before is answered, and then <see cref="End"/> until it is acknowledged.</summary>
    /// <returns>Those that were acknowledged.</returns>
    private async Task<List<string>> PublishAsync(Cluster cluster, int publisher)
    {
        var acknowledged = new List<string>();
        var slowest = TimeSpan.Zero;
        await using var wire = await RespWire.ConnectAsync(cluster.Gateways[1].Resp);
        foreach (var text in TextsOf(publisher))
        {
            var began = Stopwatch.GetTimestamp();
            if (await wire.AskAsync("PUBLISH", "lobby", text).WaitAsync(TimeMax) is RespError refused) output.WriteLine($"{text}: {refused.Text}");
            else acknowledged.Add(text);
            if (Stopwatch.GetElapsedTime(began) is var took && took > slowest) slowest = took;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Publisher {publisher}: the slowest answer took {slowest.TotalSeconds:0.0} s."));
        while (await wire.AskAsync("PUBLISH", "lobby", $"{publisher}:{End}").WaitAsync(TimeMax) is RespError) await Task.Yield();
        return acknowledged;
    }

    private static IEnumerable<string> TextsOf(int publisher) => Enumerable.Range(0, Messages).Select(i => $"{publisher}:{i}");

    private static async Task HearAsync(RespWire follower, List<(long Sequence, string Text)> got)
    {
        var message = Assert.IsType<object?[]>(await follower.ReadAsync().WaitAsync(TimeMax));
        Assert.Equal("pmessage", message[0]);
        var name = Assert.IsType<string>(message[2]);
        got.Add((long.Parse(name["lobby?since=".Length..], CultureInfo.InvariantCulture), (string)message[3]!));
    }

    /// <summary>What has come before the connection ended was seen too.</summary>
    private static async Task HearUntilClosedAsync(RespWire follower, List<(long Sequence, string Text)> got)
    {
        try
        {
            while (true) await HearAsync(follower, got);
        }
        catch (IOException)
        {
            // The gateway is gone.
        }
    }
}
