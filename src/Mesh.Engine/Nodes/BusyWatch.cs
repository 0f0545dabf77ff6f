namespace Mesh.Engine.Nodes;

/// <summary>
/// Tells when a node has been much busier than the others at several looks one after another. Each time after that more looks are needed, until nobody was busy for as many: what is
/// busy wherever it goes would else be handed around for ever. Not thread-safe.
/// </summary>
internal sealed class BusyWatch
{
    /// <summary>Busy is who has so many times the mean of all.</summary>
    private const double BusyRatio = 1.5;

    /// <summary>And this much above it: below it no node is worth a move.</summary>
    private const double BusyAbove = 1000;

    private const int LooksFirst = 3;
    private const int LooksMax = LooksFirst << 6;

    private string? _busy;
    private int _looks;
    private int _calm;
    private int _looksNeeded = LooksFirst;

    /// <summary>One look at all nodes.</summary>
    /// <returns>The node that is to give something away now; null when there is none.</returns>
    public NodeReport? Look(IReadOnlyCollection<NodeReport> nodes)
    {
        var busiest = Busiest(nodes);
        if (busiest is null || busiest.Node.Id != _busy) (_busy, _looks) = (busiest?.Node.Id, 0);
        if (busiest is null)
        {
            if (++_calm >= _looksNeeded) _looksNeeded = LooksFirst;
            return null;
        }

        _calm = 0;
        if (++_looks < _looksNeeded) return null;
        (_looks, _looksNeeded) = (0, Math.Min(LooksMax, _looksNeeded * 2));
        return busiest;
    }

    private static NodeReport? Busiest(IReadOnlyCollection<NodeReport> nodes)
    {
        if (nodes.Count < 2) return null;
        var mean = nodes.Average(node => node.Load.Score);
        var most = nodes.MaxBy(node => node.Load.Score)!;
        return most.Load.Score > mean * BusyRatio && most.Load.Score > mean + BusyAbove ? most : null;
    }
}
