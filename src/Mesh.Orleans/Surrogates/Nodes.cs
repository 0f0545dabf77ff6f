namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct NodeForm
{
    [Id(0)]
    public string Id;

    [Id(1)]
    public string Host;

    [Id(2)]
    public int Port;
}

[RegisterConverter]
internal sealed class NodeConverter : IConverter<Node, NodeForm>
{
    public Node ConvertFromSurrogate(in NodeForm surrogate) => new(surrogate.Id, surrogate.Host, surrogate.Port);

    public NodeForm ConvertToSurrogate(in Node value) => new() { Id = value.Id, Host = value.Host, Port = value.Port };
}

[GenerateSerializer, Immutable]
internal struct NodeReportForm
{
    [Id(0)]
    public Node Node;

    [Id(1)]
    public int Connections;

    [Id(2)]
    public int Subscriptions;

    [Id(3)]
    public double MessagesPerSecond;

    /// <summary>Null from a process that does not say.</summary>
    [Id(4)]
    public int[]? Slots;

    [Id(5)]
    public double[]? SlotScores;
}

[RegisterConverter]
internal sealed class NodeReportConverter : IConverter<NodeReport, NodeReportForm>
{
    public NodeReport ConvertFromSurrogate(in NodeReportForm surrogate) =>
        new(surrogate.Node, new NodeLoad(surrogate.Connections, surrogate.Subscriptions, surrogate.MessagesPerSecond)) { Slots = SlotsOf(surrogate) };

    public NodeReportForm ConvertToSurrogate(in NodeReport value) => new()
    {
        Node = value.Node,
        Connections = value.Load.Connections,
        Subscriptions = value.Load.Subscriptions,
        MessagesPerSecond = value.Load.MessagesPerSecond,
        Slots = [.. value.Slots.Select(load => load.Slot)],
        SlotScores = [.. value.Slots.Select(load => load.Score)],
    };

    private static IReadOnlyList<SlotLoad> SlotsOf(in NodeReportForm surrogate) =>
        surrogate is { Slots: { Length: > 0 } slots, SlotScores: { } scores } ? [.. slots.Zip(scores, (slot, score) => new SlotLoad(slot, score))] : [];
}

[GenerateSerializer, Immutable]
internal struct SlotRangeForm
{
    [Id(0)]
    public int First;

    [Id(1)]
    public int Last;

    [Id(2)]
    public bool IsPinned;

    /// <summary>Places in the table's nodes.</summary>
    [Id(3)]
    public int[] Nodes;
}

[GenerateSerializer, Immutable]
internal struct NodeTableForm
{
    [Id(0)]
    public long Version;

    [Id(1)]
    public Node[] Nodes;

    [Id(2)]
    public SlotRangeForm[] Ranges;
}

[RegisterConverter]
internal sealed class NodeTableConverter : IConverter<NodeTable, NodeTableForm>
{
    public NodeTable ConvertFromSurrogate(in NodeTableForm surrogate)
    {
        var nodes = surrogate.Nodes;
        return new NodeTable(
            surrogate.Version, nodes, [.. surrogate.Ranges.Select(range => new SlotRange(range.First, range.Last, Array.ConvertAll(range.Nodes, at => nodes[at].Id), range.IsPinned))]);
    }

    public NodeTableForm ConvertToSurrogate(in NodeTable value)
    {
        var places = new Dictionary<string, int>();
        foreach (var node in value.Nodes) places.Add(node.Id, places.Count);
        return new NodeTableForm
        {
            Version = value.Version,
            Nodes = [.. value.Nodes],
            Ranges = [.. value.Ranges.Select(range => new SlotRangeForm { First = range.First, Last = range.Last, IsPinned = range.IsPinned, Nodes = [.. range.Nodes.Select(id => places[id])] })],
        };
    }
}
