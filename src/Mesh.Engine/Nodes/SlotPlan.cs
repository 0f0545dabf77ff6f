namespace Mesh.Engine.Nodes;

/// <summary>One node as the plan sees it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Share">What it is to have beside the others; above 0.</param>
/// <param name="Score">How busy it is: of two that lack as much, the less busy gets it.</param>
internal readonly record struct PlanNode(string Id, double Share, double Score);

/// <summary>
/// One new assignment out of the one before: every slot keeps the nodes that live, the first of them first, and only what is missing or too much at one node moves. Each
/// node then has its share of the places and of the first places, as near as whole slots and different nodes within a slot allow. Used once.
/// </summary>
internal sealed class SlotPlan
{
    private const int PassesMax = 100;

    private readonly PlanNode[] _nodes;
    private readonly int _copies;
    private readonly List<int>?[] _slots = new List<int>?[RoomSlot.Count];
    private readonly int[] _places;
    private readonly int[] _firsts;
    private readonly IReadOnlySet<int> _hot;

    private SlotPlan(PlanNode[] nodes, int copies, IReadOnlySet<int> hot)
    {
        (_nodes, _hot) = (nodes, hot);
        _copies = Math.Min(copies, nodes.Length);
        _places = new int[nodes.Length];
        _firsts = new int[nodes.Length];
    }

    /// <param name="before">The assignment so far.</param>
    /// <param name="nodes">Those that live.</param>
    /// <param name="copies">Nodes a slot has, or as many as there are.</param>
    /// <param name="pins">Slots whose nodes somebody has said. One of which none lives is as the others.</param>
    /// <param name="hot">Slots that are busy, and where they are for that: where others do, they stay.</param>
    public static IReadOnlyList<SlotRange> Make(
        IReadOnlyList<SlotRange> before, IReadOnlyList<PlanNode> nodes, int copies, IReadOnlyDictionary<int, string[]> pins, IReadOnlySet<int> hot)
    {
        if (nodes.Count == 0) return [];
        var plan = new SlotPlan([.. nodes], copies, hot);
        var pinned = plan.Load(before, pins);
        plan.Assign();
        return plan.ToRanges(pinned);
    }

    /// <returns>The slots that are pinned, with their nodes. They take no part in the rest.</returns>
    private Dictionary<int, string[]> Load(IReadOnlyList<SlotRange> before, IReadOnlyDictionary<int, string[]> pins)
    {
        var at = new Dictionary<string, int>();
        for (var i = 0; i < _nodes.Length; i++) at[_nodes[i].Id] = i;
        foreach (var range in before)
        {
            int[] living = [.. range.Nodes.Where(at.ContainsKey).Select(id => at[id]).Take(_copies)];
            for (var slot = range.First; slot <= range.Last; slot++) _slots[slot] = [.. living];
        }

        var pinned = new Dictionary<int, string[]>();
        foreach (var (slot, ids) in pins)
        {
            string[] living = [.. ids.Where(at.ContainsKey)];
            if (living.Length > 0) pinned[slot] = living;
        }

        for (var slot = 0; slot < _slots.Length; slot++) _slots[slot] = pinned.ContainsKey(slot) ? null : _slots[slot] ?? [];
        return pinned;
    }

    private void Assign()
    {
        var slots = _slots.Count(nodes => nodes is not null);
        foreach (var nodes in _slots.OfType<List<int>>())
            foreach (var node in nodes) _places[node]++;
        var shares = Array.ConvertAll(_nodes, node => node.Share);
        var most = new int[_nodes.Length];
        Array.Fill(most, slots);
        var places = Apportionment.Of(slots * _copies, shares, most, _places);
        Fill(places);
        Level(places, isHot: false);
        Level(places, isHot: true);
        foreach (var nodes in _slots.OfType<List<int>>()) _firsts[nodes[0]]++;
        LevelFirsts(Apportionment.Of(slots, shares, _places, _firsts));
    }

    /// <summary>Gives each slot as many nodes as it is to have.</summary>
    private void Fill(int[] wanted)
    {
        var last = -1;
        foreach (var nodes in _slots.OfType<List<int>>())
        {
            while (nodes.Count < _copies)
            {
                // The one before again, so that slots side by side have the same nodes.
                if (last < 0 || _places[last] >= wanted[last] || nodes.Contains(last)) last = MostLacking(wanted, nodes);
                nodes.Add(last);
                _places[last]++;
            }
        }
    }

    /// <summary>Moves places from nodes that have too many to those that lack some.</summary>
    private void Level(int[] wanted, bool isHot)
    {
        foreach (var from in Enumerable.Range(0, _nodes.Length).OrderByDescending(node => _places[node] - wanted[node]))
        {
            for (var slot = RoomSlot.Count - 1; slot >= 0 && _places[from] > wanted[from]; slot--)
            {
                if (_hot.Contains(slot) != isHot || _slots[slot] is not { } nodes || nodes.IndexOf(from) is not (>= 0 and var place)) continue;
                var to = MostLacking(wanted, nodes);
                if (to < 0 || _places[to] >= wanted[to]) continue;
                nodes[place] = to;
                _places[from]--;
                _places[to]++;
            }
        }
    }

    /// <summary>Changes which of a slot's nodes is the first; no slot gets another node, and no busy one another first.</summary>
    private void LevelFirsts(int[] wanted)
    {
        for (var (pass, moved) = (0, true); moved && pass < PassesMax; pass++)
        {
            moved = false;
            for (var slot = 0; slot < _slots.Length; slot++)
            {
                if (_hot.Contains(slot) || _slots[slot] is not { } nodes) continue;
                var first = nodes[0];
                if (_firsts[first] <= wanted[first]) continue;
                var to = nodes.MinBy(node => _firsts[node] - wanted[node]);
                if (_firsts[to] - wanted[to] >= _firsts[first] - wanted[first] - 1) continue;
                (nodes[0], nodes[nodes.IndexOf(to)]) = (to, first);
                _firsts[first]--;
                _firsts[to]++;
                moved = true;
            }
        }
    }

    /// <returns>Negative when the slot has all nodes.</returns>
    private int MostLacking(int[] wanted, List<int> except)
    {
        var best = -1;
        for (var node = 0; node < _nodes.Length; node++)
        {
            if (except.Contains(node)) continue;
            var lacks = best < 0 ? 1 : (wanted[node] - _places[node]).CompareTo(wanted[best] - _places[best]);
            if (lacks > 0 || (lacks == 0 && _nodes[node].Score < _nodes[best].Score)) best = node;
        }

        return best;
    }

    private List<SlotRange> ToRanges(Dictionary<int, string[]> pinned)
    {
        var ranges = new List<SlotRange>();
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            var isPinned = pinned.TryGetValue(slot, out var ids);
            SlotRanges.Add(ranges, slot, slot, ids ?? [.. _slots[slot]!.Select(node => _nodes[node].Id)], isPinned);
        }

        return ranges;
    }
}
