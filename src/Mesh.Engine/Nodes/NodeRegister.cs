namespace Mesh.Engine.Nodes;

/// <summary>
/// Who is a node, and who has which slots. It keeps no time of its own: who asks brings it forward, and nobody notices that a node is gone before somebody asks. Not thread-safe: whoever
/// owns it gives it turns.
/// </summary>
public sealed class NodeRegister
{
    /// <summary>How often loads are compared.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _clock;
    private readonly int _copies;
    private readonly SortedDictionary<string, Heard> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, string[]> _pins = [];
    private readonly LoadShares _shares = new();
    private readonly BusyWatch _watch = new();
    private long _lookedAt;

    /// <param name="clock">By which silence is measured.</param>
    /// <param name="copies">Nodes that each slot has, if there are so many; from 1.</param>
    public NodeRegister(TimeProvider clock, int copies)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        (_clock, _copies, _lookedAt) = (clock, copies, clock.GetTimestamp());

        // One that follows another without knowing what that one had must not give its versions to other tables.
        Table = new NodeTable(clock.GetUtcNow().ToUnixTimeMilliseconds(), [], []);
    }

    /// <summary>As of the last change.</summary>
    public NodeTable Table { get; private set; }

    public IReadOnlyList<NodeReport> Nodes => [.. _nodes.Values.Select(node => node.Report)];

    /// <summary>What the next one has to know.</summary>
    public NodeRegisterState State => new(
        [.. _nodes.Values.Select(node => node.Report.Node)], Table.Version, Table.Ranges, new SortedDictionary<int, string[]>(_pins), new Dictionary<string, double>(_shares.Unequal));

    /// <summary>Goes on where another one ended. Each node has as long as any to be heard of.</summary>
    public void Restore(NodeRegisterState state)
    {
        foreach (var node in state.Nodes) _nodes[node.Id] = new Heard(new NodeReport(node, default), _clock.GetTimestamp());
        foreach (var (slot, ids) in state.Pins) _pins[slot] = ids;
        _shares.Restore(state.Shares);
        Table = new NodeTable(state.Version, [.. _nodes.Values.Select(node => node.Report.Node)], state.Ranges);
    }

    /// <inheritdoc cref="INodes.BeatAsync"/>
    /// <returns>True when the table has changed.</returns>
    public bool Beat(NodeReport report)
    {
        var isKnown = _nodes.TryGetValue(report.Node.Id, out var before) && before.Report.Node == report.Node;
        _nodes[report.Node.Id] = new Heard(report, _clock.GetTimestamp());
        var isChanged = Sweep();
        if (!isKnown)
        {
            Plan();
            isChanged = true;
        }

        return Look() || isChanged;
    }

    /// <returns>True when the table has changed.</returns>
    public bool Leave(string id)
    {
        if (!_nodes.Remove(id)) return false;
        _shares.Forget(id);
        Plan();
        return true;
    }

    /// <summary>Forgets nodes that were silent for too long.</summary>
    /// <returns>True when the table has changed.</returns>
    public bool Sweep()
    {
        var silent = _nodes.Where(node => _clock.GetElapsedTime(node.Value.At) >= INodes.SilenceMax).Select(node => node.Key).ToArray();
        foreach (var id in silent)
        {
            _nodes.Remove(id);
            _shares.Forget(id);
        }

        if (silent.Length > 0) Plan();
        return silent.Length > 0;
    }

    /// <inheritdoc cref="INodes.PinAsync"/>
    public string? Pin(int slot, IReadOnlyList<string> nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, RoomSlot.Count);
        if (nodes.Count == 0 || nodes.Distinct().Count() < nodes.Count) throw new ArgumentException("A slot is pinned to at least one node, and to none twice.", nameof(nodes));
        if (nodes.FirstOrDefault(id => !_nodes.ContainsKey(id)) is { } unknown) return unknown;
        _pins[slot] = [.. nodes];
        Plan();
        return null;
    }

    /// <inheritdoc cref="INodes.UnpinAsync"/>
    public bool Unpin(int slot)
    {
        if (!_pins.Remove(slot)) return false;
        Plan();
        return true;
    }

    private bool Look()
    {
        if (_clock.GetElapsedTime(_lookedAt) < LookInterval) return false;
        _lookedAt = _clock.GetTimestamp();
        return _watch.Look(Nodes) is { } busy && Relieve(busy);
    }

    private bool Relieve(NodeReport busy)
    {
        var nodes = Nodes;
        var moves = SlotMoves.Of(busy, nodes, Table);
        if (moves.Count > 0)
        {
            Table = new NodeTable(Table.Version + 1, Table.Nodes, SlotRanges.With(Table.Ranges, moves));
            return true;
        }

        if (SlotMoves.Explain(busy) || !_shares.TryMove(busy.Node.Id, nodes.MinBy(node => node.Load.Score)!.Node.Id)) return false;
        Plan();
        return true;
    }

    private void Plan()
    {
        var nodes = Nodes;
        var hot = nodes.SelectMany(node => node.Slots).Select(load => load.Slot).ToHashSet();
        var ranges = SlotPlan.Make(Table.Ranges, [.. nodes.Select(node => new PlanNode(node.Node.Id, _shares.Of(node.Node.Id), node.Load.Score))], _copies, _pins, hot);
        Table = new NodeTable(Table.Version + 1, [.. nodes.Select(node => node.Node)], ranges);
    }

    private readonly record struct Heard(NodeReport Report, long At);
}

/// <summary>What a register knows that nodes do not say again.</summary>
/// <param name="Nodes">Those that were there.</param>
/// <param name="Version">Of the table.</param>
/// <param name="Ranges">Its slots.</param>
/// <param name="Pins">Nodes by slot.</param>
/// <param name="Shares">Of nodes that have another than 1.</param>
public sealed record NodeRegisterState(
    IReadOnlyList<Node> Nodes, long Version, IReadOnlyList<SlotRange> Ranges, IReadOnlyDictionary<int, string[]> Pins, IReadOnlyDictionary<string, double> Shares);
