using Mesh.Engine.Nodes;
using Mesh.Testing;
using Xunit;

namespace Mesh.Engine.Tests.Nodes;

public sealed class NodeRegisterTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void One_node_has_all_slots()
    {
        var register = Register(1);
        var range = Assert.Single(register.Table.Ranges);
        Assert.Equal((0, RoomSlot.Count - 1), (range.First, range.Last));
        Assert.Equal([Id(0)], range.Nodes);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(8, 2)]
    [InlineData(8, 3)]
    [InlineData(5, 5)]
    [InlineData(2, 3)]
    public void Each_slot_has_as_many_nodes_as_it_is_to_have_and_each_node_its_part(int nodes, int copies)
    {
        var register = Register(nodes, copies);
        AssertWhole(register, copies);
        AssertBalanced(register, copies);
    }

    [Fact]
    public void Nothing_moves_while_nodes_stay()
    {
        var register = Register(8);
        var table = register.Table;
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(INodes.BeatInterval);
            foreach (var node in register.Nodes) Assert.False(register.Beat(node));
        }

        Assert.Same(table, register.Table);
    }

    [Fact]
    public void When_a_node_comes_only_its_own_part_moves()
    {
        for (var nodes = 2; nodes < 9; nodes++)
        {
            var register = Register(nodes);
            var before = register.Table;
            register.Beat(Report(nodes));
            Assert.Equal(2 * RoomSlot.Count / (nodes + 1), Moved(before, register.Table), 1.0);
            AssertBalanced(register, 2);
        }
    }

    [Fact]
    public void When_a_node_goes_its_slots_go_on_at_the_others_they_had_and_only_its_own_part_moves()
    {
        var register = Register(8);
        var before = register.Table;
        register.Leave(Id(3));
        for (var slot = 0; slot < RoomSlot.Count; slot++)
            Assert.All(before.NodesOf(slot).Where(node => node.Id != Id(3)), node => Assert.True(register.Table.Has(slot, node.Id)));
        Assert.Equal(2 * RoomSlot.Count / 8, Moved(before, register.Table), 1.0);
        AssertBalanced(register, 2);
    }

    [Fact]
    public void However_nodes_come_and_go_all_slots_have_living_nodes_in_balance()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var register = Register(1, 3);
        for (var step = 0; step < 60; step++)
        {
            var node = random.Next(12);
            if (register.Table.Find(Id(node)) is null) register.Beat(Report(node));
            else if (register.Nodes.Count > 1) register.Leave(Id(node));
            AssertWhole(register, 3);
            Assert.True(IsBalanced(register, 3), $"Not balanced at step {step} of seed {seed}.");
        }
    }

    [Fact]
    public void A_node_that_is_silent_is_gone_after_five_beats()
    {
        var register = Register(3);
        _clock.Advance(INodes.SilenceMax - TimeSpan.FromTicks(1));
        Assert.False(register.Beat(Report(0)));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(register.Sweep());
        Assert.Equal([Id(0)], register.Nodes.Select(node => node.Node.Id));
        AssertWhole(register, 2);
    }

    [Fact]
    public void A_pinned_slot_has_the_nodes_that_were_said_until_none_of_them_lives_and_again_when_one_does()
    {
        var register = Register(4);
        Assert.Equal("unknown", register.Pin(7, [Id(1), "unknown"]));
        Assert.Null(register.Pin(7, [Id(3), Id(1), Id(0)]));
        Assert.Equal([Id(3), Id(1), Id(0)], register.Table.NodesOf(7).Select(node => node.Id));
        foreach (var node in new[] { 3, 1, 0 }) register.Leave(Id(node));
        Assert.Equal([Id(2)], register.Table.NodesOf(7).Select(node => node.Id));
        register.Beat(Report(1));
        Assert.Equal([Id(1)], register.Table.NodesOf(7).Select(node => node.Id));
        Assert.True(register.Unpin(7));
        Assert.False(register.Unpin(7));
        AssertWhole(register, 2);
    }

    [Fact]
    public void A_node_that_stays_much_busier_gives_slots_to_the_least_busy_and_to_no_other()
    {
        var register = Register(4);
        var before = register.Table;
        double[] messages = [90_000, 20_000, 10_000, 20_000];
        LookAt(register, messages, 3);
        var (busy, least) = (Places(before, 0), Places(register.Table, 2) - Places(before, 2));
        Assert.Equal(busy * 0.8, Places(register.Table, 0), 2.0);
        Assert.Equal(busy * 0.2, least, 2.0);
        Assert.Equal(Places(before, 1), Places(register.Table, 1), 2.0);
        Assert.Equal(Places(before, 3), Places(register.Table, 3), 2.0);
    }

    [Fact]
    public void A_short_peak_moves_nothing()
    {
        var register = Register(4);
        var before = register.Table;
        for (var i = 0; i < 20; i++)
        {
            LookAt(register, [90_000, 0, 0, 0], 2);
            LookAt(register, [0, 0, 0, 0], 1);
        }

        Assert.Same(before, register.Table);
    }

    [Fact]
    public void Load_that_goes_with_one_slot_is_not_handed_around()
    {
        var register = Register(2, 1);
        var moves = 0;
        for (var look = 0; look < 2000; look++)
        {
            var hot = register.Table.NodesOf(RoomSlot.Count - 1)[0].Id == Id(0);
            var before = register.Table.Version;
            LookAt(register, hot ? [50_000, 10] : [10, 50_000], 1);
            if (register.Table.Version != before) moves++;
        }

        Assert.InRange(moves, 1, 20);
    }

    [Fact]
    public void One_that_goes_on_where_another_ended_knows_what_that_knew()
    {
        var register = Register(5);
        register.Pin(9, [Id(4)]);
        var next = new NodeRegister(_clock, 2);
        next.Restore(register.State);
        Assert.Equal(register.Table.Version, next.Table.Version);
        for (var node = 0; node < 5; node++) Assert.False(next.Beat(Report(node)));
        Assert.Equal([Id(4)], next.Table.NodesOf(9).Select(node => node.Id));
        Assert.Equal(0, Moved(register.Table, next.Table));
        Assert.True(next.Unpin(9));
    }

    private void LookAt(NodeRegister register, double[] messages, int looks)
    {
        for (var look = 0; look < looks; look++)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            for (var node = 0; node < messages.Length; node++) register.Beat(Report(node, messages[node]));
        }
    }

    private NodeRegister Register(int nodes, int copies = 2)
    {
        var register = new NodeRegister(_clock, copies);
        for (var node = 0; node < nodes; node++) Assert.True(register.Beat(Report(node)));
        return register;
    }

    private static NodeReport Report(int node, double messages = 0) => new(Node.At("10.0.0.1", node), new NodeLoad(0, 0, messages));

    private static string Id(int node) => Node.IdOf("10.0.0.1", node);

    private static int Places(NodeTable table, int node) => table.Ranges.Where(range => range.Nodes.Contains(Id(node))).Sum(range => range.Count);

    /// <summary>Places that a node has and had not.</summary>
    private static int Moved(NodeTable before, NodeTable after) =>
        Enumerable.Range(0, RoomSlot.Count).Sum(slot => after.NodesOf(slot).Count(node => !before.Has(slot, node.Id)));

    private static void AssertWhole(NodeRegister register, int copies)
    {
        var next = 0;
        foreach (var range in register.Table.Ranges)
        {
            Assert.Equal(next, range.First);
            next = range.Last + 1;
            Assert.Equal(Math.Min(copies, register.Nodes.Count), range.Nodes.Distinct().Count());
            Assert.All(range.Nodes, id => Assert.NotNull(register.Table.Find(id)));
        }

        Assert.Equal(RoomSlot.Count, next);
    }

    private static void AssertBalanced(NodeRegister register, int copies) => Assert.True(
        IsBalanced(register, copies),
        string.Join("; ", register.Nodes.Select(node => $"{register.Table.Ranges.Where(range => range.Nodes.Contains(node.Node.Id)).Sum(range => range.Count)} places, {register.Table.Ranges.Where(range => range.Nodes[0] == node.Node.Id).Sum(range => range.Count)} first")));

    /// <summary>Within one percent of a node's even part, and eight slots.</summary>
    private static bool IsBalanced(NodeRegister register, int copies)
    {
        var nodes = register.Nodes.Count;
        var (firsts, places) = (RoomSlot.Count / (double)nodes, RoomSlot.Count / (double)nodes * Math.Min(copies, nodes));
        return register.Nodes.All(node =>
        {
            var own = register.Table.Ranges.Where(range => range.Nodes.Contains(node.Node.Id)).ToArray();
            return Math.Abs(own.Sum(range => range.Count) - places) <= (places / 100) + 8
                && Math.Abs(own.Where(range => range.Nodes[0] == node.Node.Id).Sum(range => range.Count) - firsts) <= (firsts / 100) + 8;
        });
    }
}
