using Mesh.Engine.Nodes;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Nodes;

/// <summary>Slots that move because of what was measured of them.</summary>
public sealed class SlotMoveTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_hot_slot_moves_to_the_least_busy_node_and_no_other_slot_does()
    {
        var register = Register(4);
        var hot = OfNode(register, 0, except: 2);
        var before = register.Table;
        Look(register, 3, (0, 9000, [new SlotLoad(hot, 4000)]), (1, 2000, []), (2, 100, []), (3, 2000, []));
        Assert.True(register.Table.Has(hot, Id(2)));
        Assert.False(register.Table.Has(hot, Id(0)));
        Assert.Equal([hot], Changed(before, register.Table));
    }

    [Fact]
    public void Of_several_busy_slots_as_many_move_as_bring_the_nodes_together()
    {
        var register = Register(3);
        int[] slots = [.. Slots(register, 0).Where(slot => !register.Table.Has(slot, Id(1))).Take(3), .. Slots(register, 0).Where(slot => !register.Table.Has(slot, Id(2))).Take(3)];
        var loads = slots.Select(slot => new SlotLoad(slot, 1000)).ToArray();
        Look(register, 3, (0, 6000, loads), (1, 0, []), (2, 0, []));
        Assert.Equal(4, slots.Count(slot => !register.Table.Has(slot, Id(0))));
    }

    [Fact]
    public void A_slot_that_would_make_any_node_as_busy_stays_where_it_is()
    {
        var register = Register(3);
        var hot = Slots(register, 0).First();
        var before = register.Table;
        Look(register, 500, (0, 50_000, [new SlotLoad(hot, 49_000)]), (1, 1000, []), (2, 1000, []));
        Assert.Same(before, register.Table);
    }

    [Fact]
    public void A_peak_that_passes_moves_nothing()
    {
        var register = Register(3);
        var hot = Slots(register, 0).First();
        var before = register.Table;
        for (var i = 0; i < 20; i++)
        {
            Look(register, 2, (0, 9000, [new SlotLoad(hot, 4000)]), (1, 0, []), (2, 0, []));
            Look(register, 1, (0, 0, []), (1, 0, []), (2, 0, []));
        }

        Assert.Same(before, register.Table);
    }

    [Fact]
    public void Where_every_node_has_the_slot_another_becomes_its_first()
    {
        var register = Register(2);
        var hot = Enumerable.Range(0, RoomSlot.Count).First(slot => register.Table.NodesOf(slot)[0].Id == Id(0));
        Look(register, 3, (0, 9000, [new SlotLoad(hot, 4000)]), (1, 0, []));
        Assert.Equal([Id(1), Id(0)], register.Table.NodesOf(hot).Select(node => node.Id));
    }

    [Fact]
    public void A_pinned_slot_does_not_move()
    {
        var register = Register(3);
        register.Pin(7, [Id(0)]);
        var before = register.Table;
        Look(register, 50, (0, 9000, [new SlotLoad(7, 8000)]), (1, 0, []), (2, 0, []));
        Assert.Same(before, register.Table);
    }

    [Fact]
    public void Hot_slots_stay_where_they_moved_to_when_nodes_come_and_others_make_room()
    {
        var register = Register(3);
        var hot = OfNode(register, 0, except: 2);
        Look(register, 3, (0, 9000, [new SlotLoad(hot, 4000)]), (1, 2000, []), (2, 100, []));
        string[] nodes = [.. register.Table.NodesOf(hot).Select(node => node.Id)];
        Look(register, 1, (0, 5000, []), (1, 2000, []), (2, 4100, [new SlotLoad(hot, 4000)]));
        for (var node = 3; node < 6; node++) register.Beat(Report((node, 0, [])));
        Assert.Equal(nodes, register.Table.NodesOf(hot).Select(node => node.Id));
    }

    /// <summary>Slots of random, steady loads, whose clients follow them: the nodes come together, and then nothing moves any more.</summary>
    [Fact]
    public void Whatever_is_busy_comes_to_rest()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var register = Register(5);
        var loads = Enumerable.Range(0, 40).Select(_ => new SlotLoad(random.Next(RoomSlot.Count), random.Next(50, 6000))).DistinctBy(load => load.Slot).ToArray();
        var moves = 0;
        var rested = 0;
        for (var look = 0; look < 3000; look++)
        {
            var version = register.Table.Version;
            Look(register, 1, [.. Enumerable.Range(0, 5).Select(node =>
            {
                SlotLoad[] own = [.. loads.Where(load => register.Table.NodesOf(load.Slot)[0].Id == Id(node))];
                return (node, own.Sum(load => load.Score), own);
            })]);
            rested = register.Table.Version == version ? rested + 1 : 0;
            if (rested == 0) moves++;
        }

        Assert.True(moves <= 60 && rested > 1000, $"{moves} moves, at rest for {rested} looks; seed {seed}.");
    }

    private void Look(NodeRegister register, int looks, params (int Node, double Score, SlotLoad[] Slots)[] loads)
    {
        for (var look = 0; look < looks; look++)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            foreach (var load in loads) register.Beat(Report(load));
        }
    }

    private NodeRegister Register(int nodes)
    {
        var register = new NodeRegister(_clock, 2);
        for (var node = 0; node < nodes; node++) register.Beat(Report((node, 0, [])));
        return register;
    }

    private static NodeReport Report((int Node, double Score, SlotLoad[] Slots) load) =>
        new(Node.At("10.0.0.1", load.Node), new NodeLoad(0, 0, load.Score)) { Slots = load.Slots };

    private static IEnumerable<int> Slots(NodeRegister register, int node) => Enumerable.Range(0, RoomSlot.Count).Where(slot => register.Table.Has(slot, Id(node)));

    private static int OfNode(NodeRegister register, int node, int except) => Slots(register, node).First(slot => !register.Table.Has(slot, Id(except)));

    private static IEnumerable<int> Changed(NodeTable before, NodeTable after) =>
        Enumerable.Range(0, RoomSlot.Count).Where(slot => !before.NodesOf(slot).SequenceEqual(after.NodesOf(slot)));

    private static string Id(int node) => Node.IdOf("10.0.0.1", node);
}
