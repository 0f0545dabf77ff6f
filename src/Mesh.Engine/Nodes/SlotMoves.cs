namespace Mesh.Engine.Nodes;

/// <summary>One slot that goes from a busy node to another.</summary>
/// <param name="Slot">Which.</param>
/// <param name="From">Who has it, and then has it no more, or no more as its first.</param>
/// <param name="To">Who takes that place.</param>
internal readonly record struct SlotMove(int Slot, string From, string To);

/// <summary>
/// Chooses which slots a busy node gives away, by what was measured of each. Each move leaves the busier of the two nodes less busy than the giver was, so no load that stays as
/// it is moves for ever; and one slot that makes a node busy wherever it is stays where it is.
/// </summary>
internal sealed class SlotMoves
{
    /// <summary>Slots that go at once, at most: what they bring is looked at before more go.</summary>
    private const int MovesMax = 16;

    /// <summary>Where the slot makes its new node busier than the old one then is, that has at most so much of what the old one had.</summary>
    private const double OvershootRatio = 0.9;

    private readonly NodeReport _busy;
    private readonly NodeTable _table;
    private readonly Dictionary<string, double> _scores;
    private readonly List<SlotMove> _moves = [];

    private SlotMoves(NodeReport busy, IReadOnlyCollection<NodeReport> nodes, NodeTable table)
    {
        (_busy, _table) = (busy, table);
        _scores = nodes.ToDictionary(node => node.Node.Id, node => node.Load.Score);
    }

    private string Busy => _busy.Node.Id;

    /// <param name="busy">The node that has too much.</param>
    /// <param name="nodes">All, it among them.</param>
    /// <param name="table">Who has which slots.</param>
    public static IReadOnlyList<SlotMove> Of(NodeReport busy, IReadOnlyCollection<NodeReport> nodes, NodeTable table)
    {
        var chosen = new SlotMoves(busy, nodes, table);
        var mean = nodes.Average(node => node.Load.Score);
        foreach (var load in busy.Slots.OrderByDescending(load => load.Score))
        {
            if (chosen._moves.Count == MovesMax || chosen._scores[busy.Node.Id] <= mean) break;
            chosen.TryMove(load, (to, from) => to <= from);
        }

        // None fits in between: then the largest that makes things better.
        foreach (var load in busy.Slots.OrderByDescending(load => load.Score))
        {
            if (chosen._moves.Count > 0) break;
            chosen.TryMove(load, (to, _) => to <= busy.Load.Score * OvershootRatio);
        }

        return chosen._moves;
    }

    /// <summary>Whether what was measured of its slots makes out most of a node's load: then nothing is won by moving others.</summary>
    public static bool Explain(NodeReport busy) => busy.Slots.Sum(load => load.Score) > busy.Load.Score / 2;

    /// <param name="load">The slot.</param>
    /// <param name="fits">Whether the scores of the taker and the giver may be so afterwards.</param>
    private void TryMove(SlotLoad load, Func<double, double, bool> fits)
    {
        if (_table.IsPinned(load.Slot) || FindTaker(load.Slot) is not { } to) return;
        var (toAfter, fromAfter) = (_scores[to] + load.Score, _scores[Busy] - load.Score);
        if (!fits(toAfter, fromAfter)) return;
        (_scores[to], _scores[Busy]) = (toAfter, fromAfter);
        _moves.Add(new SlotMove(load.Slot, Busy, to));
    }

    /// <summary>The least busy of the nodes that have not got the slot; where all have it, of those that could be its first instead.</summary>
    private string? FindTaker(int slot)
    {
        if (!_table.Has(slot, Busy)) return null;
        var others = _scores.Keys.Where(id => id != Busy).OrderBy(id => _scores[id]).ThenBy(id => id, StringComparer.Ordinal).ToList();
        return others.Find(id => !_table.Has(slot, id)) ?? (_table.NodesOf(slot)[0].Id == Busy ? others.FirstOrDefault() : null);
    }
}
