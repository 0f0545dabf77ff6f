using System.Globalization;
using Mesh.Testing;
using Mesh.Testing.Postgres;
using Mesh.Testing.Processes;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>Slots that move between gateways because one of them is busy.</summary>
public sealed class SlotMoveTests
{
    /// <summary>So many that the last command of the last client is the one that makes the gateway busy: a slot that moved before it would be told of between answers.</summary>
    private const int Clients = 15;

    private const int Channels = 50;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Two slots make one gateway busy, by their subscriptions: how fast the machine is does not matter.</summary>
    [PostgresFact]
    public async Task A_busy_gateway_gives_a_hot_slot_to_another_and_its_clients_are_told_and_go_on_there()
    {
        await using var cluster = await Cluster.OpenAsync(await PostgresServer.SharedAsync(), Mortal.Nobody, silos: 1, gateways: 3, "--cluster-redirect", "on");
        using var nodes = new NodeClient(cluster);
        await nodes.SeenByAllAsync(3);
        var (busy, tags) = await HotAsync(cluster, nodes);
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => RespWire.ConnectAsync(busy.Resp)));
        foreach (var client in clients)
            foreach (var tag in tags) await SubscribeAsync(client, tag);

        var moved = await ToldAsync(clients[0]);
        foreach (var client in clients.Skip(1)) Assert.Equal(moved, await ToldAsync(client));
        var after = await nodes.GatewaysOfAsync(busy, moved);
        Assert.DoesNotContain(busy, after);
        Assert.Contains(busy, await nodes.GatewaysOfAsync(busy, tags.Single(tag => tag != moved)));

        var slot = RoomSlot.Of(System.Text.Encoding.UTF8.GetBytes(moved));
        Assert.Equal(new RespError($"MOVED {slot} {after[0].Resp}"), await clients[0].AskAsync("SSUBSCRIBE", Channel(moved, 0)));
        await using var next = await RespWire.ConnectAsync(after[0].Resp);
        await AskWhereTakenAsync(next, "SSUBSCRIBE", Channel(moved, 0));
        await using var publisher = await RespWire.ConnectAsync(after[1].Resp);
        Assert.Equal(1L, await AskWhereTakenAsync(publisher, "SPUBLISH", Channel(moved, 0), "hello"));
        Assert.Equal(["smessage", Channel(moved, 0), "hello"], Assert.IsType<object?[]>(await next.ReadAsync().WaitAsync(TimeMax)));
        foreach (var client in clients) await client.DisposeAsync();
    }

    /// <summary>A gateway, and two tags whose slots it has.</summary>
    private static async Task<(MeshProcess Gateway, string[] Tags)> HotAsync(Cluster cluster, NodeClient nodes)
    {
        var tags = new List<string>();
        for (var i = 0; tags.Count < 2; i++)
        {
            var tag = string.Create(CultureInfo.InvariantCulture, $"hot-{i}");
            if ((await nodes.GatewaysOfAsync(cluster.Gateways[0], tag)).Contains(cluster.Gateways[0])) tags.Add(tag);
        }

        return (cluster.Gateways[0], [.. tags]);
    }

    /// <summary>A gateway that was kept from its beat for a second still sends clients of the slot away.</summary>
    private static async Task<object?> AskWhereTakenAsync(RespWire client, params string[] words)
    {
        object? answer = null;
        await Eventually.TrueAsync(async () => (answer = await client.AskAsync(words)) is not RespError { IsMoved: true }, "the slot's gateway takes its clients");
        return answer;
    }

    private static async Task SubscribeAsync(RespWire client, string tag)
    {
        await client.SendAsync(["SSUBSCRIBE", .. Enumerable.Range(0, Channels).Select(channel => Channel(tag, channel))]);
        for (var i = 0; i < Channels; i++) Assert.Equal("ssubscribe", Assert.IsType<object?[]>(await client.ReadAsync().WaitAsync(TimeMax))[0]);
    }

    /// <summary>Reads that all channels of one tag are left.</summary>
    /// <returns>The tag.</returns>
    private static async Task<string> ToldAsync(RespWire client)
    {
        var left = new HashSet<string>();
        for (var i = 1; i <= Channels; i++)
        {
            var push = Assert.IsType<object?[]>(await client.ReadAsync().WaitAsync(TimeMax));
            Assert.Equal(("sunsubscribe", (2L * Channels) - i), ((string)push[0]!, (long)push[2]!));
            left.Add((string)push[1]!);
        }

        var tag = left.First().Split('{', '}')[1];
        Assert.Equal(Enumerable.Range(0, Channels).Select(channel => Channel(tag, channel)).Order(StringComparer.Ordinal), left.Order(StringComparer.Ordinal));
        return tag;
    }

    private static string Channel(string tag, int number) => string.Create(CultureInfo.InvariantCulture, $"{{{tag}}}{number}");
}
