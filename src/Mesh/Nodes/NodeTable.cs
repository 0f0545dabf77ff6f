namespace Mesh;

/// <summary>Which nodes there are and which slots each has. Never changes; thread-safe.</summary>
public sealed class NodeTable
{
    public static readonly NodeTable Empty = new(0, [], []);

    private readonly Dictionary<string, Node> _byId;

    /// <param name="version">Of the assignment; another one for each change.</param>
    /// <param name="nodes">Those that live, in the order of their ids.</param>
    /// <param name="ranges">All slots in their order without a gap; none when there are no nodes.</param>
    public NodeTable(long version, IReadOnlyList<Node> nodes, IReadOnlyList<SlotRange> ranges)
    {
        (Version, Nodes, Ranges) = (version, nodes, ranges);
        _byId = nodes.ToDictionary(node => node.Id);
    }

    public long Version { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlyList<SlotRange> Ranges { get; }

    public Node? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The nodes of a slot, first the one that new clients should take. Empty only when there are no nodes.</summary>
    public IReadOnlyList<Node> NodesOf(int slot) => RangeOf(slot) is { } range ? [.. range.Nodes.Select(id => _byId[id])] : [];

    /// <summary>Whether a node is one of a slot's.</summary>
    public bool Has(int slot, string id) => RangeOf(slot) is { } range && range.Nodes.Contains(id);

    /// <summary>Whether somebody said which nodes a slot has.</summary>
    public bool IsPinned(int slot) => RangeOf(slot) is { IsPinned: true };

    private SlotRange? RangeOf(int slot)
    {
        int low = 0, high = Ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (slot < Ranges[middle].First) high = middle - 1;
            else if (slot > Ranges[middle].Last) low = middle + 1;
            else return Ranges[middle];
        }

        return null;
    }
}

/// <summary>Slots side by side that have the same nodes.</summary>
/// <param name="First">The first slot.</param>
/// <param name="Last">The last one, which is one of them.</param>
/// <param name="Nodes">Ids, first the one that new clients should take.</param>
/// <param name="IsPinned">Somebody said that it be these.</param>
public sealed record SlotRange(int First, int Last, IReadOnlyList<string> Nodes, bool IsPinned)
{
    public int Count => Last - First + 1;
}
