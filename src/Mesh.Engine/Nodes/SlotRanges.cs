namespace Mesh.Engine.Nodes;

/// <summary>Slots side by side that have the same nodes, as one range.</summary>
internal static class SlotRanges
{
    /// <summary>Adds slots behind the last range, or to it.</summary>
    public static void Add(List<SlotRange> ranges, int first, int last, IReadOnlyList<string> nodes, bool isPinned)
    {
        if (ranges.Count > 0 && ranges[^1] is var before && before.IsPinned == isPinned && before.Nodes.SequenceEqual(nodes)) ranges[^1] = before with { Last = last };
        else ranges.Add(new SlotRange(first, last, nodes, isPinned));
    }

    /// <summary>The assignment after some slots have moved; who takes a slot that it has already becomes its first.</summary>
    public static IReadOnlyList<SlotRange> With(IReadOnlyList<SlotRange> before, IReadOnlyList<SlotMove> moves)
    {
        var after = new List<SlotRange>();
        foreach (var range in before)
        {
            var next = range.First;
            foreach (var move in moves.Where(move => range.First <= move.Slot && move.Slot <= range.Last).OrderBy(move => move.Slot))
            {
                if (next < move.Slot) Add(after, next, move.Slot - 1, range.Nodes, range.IsPinned);
                Add(after, move.Slot, move.Slot, With(range.Nodes, move), range.IsPinned);
                next = move.Slot + 1;
            }

            if (next <= range.Last) Add(after, next, range.Last, range.Nodes, range.IsPinned);
        }

        return after;
    }

    private static string[] With(IReadOnlyList<string> nodes, SlotMove move) =>
        [.. nodes.Select(id => id == move.From ? move.To : id == move.To ? move.From : id)];
}
