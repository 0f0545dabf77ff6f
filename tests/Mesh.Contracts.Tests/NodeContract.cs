using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>What the assignment of rooms to nodes promises (HubSub specification, 2.3 and case 29).</summary>
public abstract class NodeContract : MeshContract
{
    [ContractFact]
    public async Task Without_nodes_nothing_is_assigned()
    {
        Assert.Empty(await Mesh.Nodes.ListAsync());
        Assert.Empty((await Mesh.Nodes.TableAsync()).NodesOf(0));
    }

    [ContractFact]
    public async Task Whoever_asks_at_once_is_told_the_same_nodes()
    {
        await BeatAsync(1, 2, 3);
        var asked = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => (await Mesh.Nodes.TableAsync()).NodesOf(RoomSlot.Of("new"u8)))));
        Assert.Equal(2, asked[0].Count);
        Assert.All(asked, nodes => Assert.Equal(asked[0], nodes));
    }

    [ContractFact]
    public async Task A_beat_brings_the_table_once()
    {
        var table = await Mesh.Nodes.BeatAsync(Report(1), 0);
        Assert.NotNull(table);
        Assert.Null(await Mesh.Nodes.BeatAsync(Report(1), table.Version));
        await BeatAsync(2);
        var next = await Mesh.Nodes.BeatAsync(Report(1), table.Version);
        Assert.Equal(2, next!.Nodes.Count);
        Assert.Equal(RoomSlot.Count, next.Ranges.Sum(range => range.Count));
    }

    [ContractFact]
    public async Task Nodes_are_listed_with_their_load()
    {
        await Mesh.Nodes.BeatAsync(new NodeReport(Node.At("10.0.0.1", 1), new NodeLoad(3, 7, 12.5)), 0);
        var node = Assert.Single(await Mesh.Nodes.ListAsync());
        Assert.Equal(new NodeReport(Node.At("10.0.0.1", 1), new NodeLoad(3, 7, 12.5)), node);
    }

    [ContractFact]
    public async Task A_node_that_leaves_or_is_silent_loses_its_slots_to_the_others()
    {
        await BeatAsync(1, 2, 3, 4);
        await Mesh.Nodes.LeaveAsync(Id(1));
        Assert.Equal(3, (await Mesh.Nodes.ListAsync()).Count);
        Clock.Advance(INodes.SilenceMax - TimeSpan.FromSeconds(1));
        await BeatAsync(2, 3);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var table = await Mesh.Nodes.TableAsync();
        Assert.Equal(new[] { Id(2), Id(3) }.Order(StringComparer.Ordinal), table.Nodes.Select(node => node.Id));
        for (var slot = 0; slot < RoomSlot.Count; slot += 1000) Assert.Equal(2, table.NodesOf(slot).Count);
    }

    [ContractFact]
    public async Task A_slot_can_be_pinned_and_let_go()
    {
        await BeatAsync(1, 2, 3);
        Assert.Equal("nobody", await Mesh.Nodes.PinAsync(5, [Id(3), "nobody"]));
        Assert.Null(await Mesh.Nodes.PinAsync(5, [Id(3)]));
        var table = await Mesh.Nodes.TableAsync();
        Assert.Equal([Id(3)], table.NodesOf(5).Select(node => node.Id));
        Assert.True(table.Ranges.Single(range => range.First == 5).IsPinned);
        Assert.True(await Mesh.Nodes.UnpinAsync(5));
        Assert.False(await Mesh.Nodes.UnpinAsync(5));
        Assert.Equal(2, (await Mesh.Nodes.TableAsync()).NodesOf(5).Count);
    }

    private async Task BeatAsync(params int[] nodes)
    {
        foreach (var node in nodes) await Mesh.Nodes.BeatAsync(Report(node), 0);
    }

    private static NodeReport Report(int node) => new(Node.At("10.0.0.1", node), default);

    private static string Id(int node) => Node.IdOf("10.0.0.1", node);
}
