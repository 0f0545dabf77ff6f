namespace Mesh.Engine.Nodes;

/// <summary>
/// What each node is to have beside the others. A node that is much busier than the others at several looks one after another hands a part of its share to the least
/// busy one. Each time after that more looks are needed, until nobody was busy for as many: what is busy in one slot would else be handed around for ever. Not thread-safe.
/// </summary>
internal sealed class LoadShares
{
    /// <summary>Busy is who has so many times the mean of all.</summary>
    private const double BusyRatio = 1.5;

    /// <summary>And this much above it: below it no node is worth a move.</summary>
    private const double BusyAbove = 1000;

    private const double PartMoved = 0.2;
    private const double ShareMin = 0.05;
    private const double ShareMax = 4;
    private const int LooksFirst = 3;
    private const int LooksMax = LooksFirst << 6;

    private readonly Dictionary<string, double> _shares = [];
    private string? _busy;
    private int _looks;
    private int _calm;
    private int _looksNeeded = LooksFirst;

    /// <summary>Shares other than 1.</summary>
    public IReadOnlyDictionary<string, double> Unequal => _shares;

    public double Of(string node) => _shares.GetValueOrDefault(node, 1);

    public void Restore(IReadOnlyDictionary<string, double> shares)
    {
        foreach (var (node, share) in shares) _shares[node] = share;
    }

    /// <summary>Who is gone comes back with a share as any other.</summary>
    public void Forget(string node) => _shares.Remove(node);

    /// <summary>One look at all nodes.</summary>
    /// <returns>True when shares have changed.</returns>
    public bool Look(IReadOnlyCollection<NodeReport> nodes)
    {
        var busiest = Busiest(nodes);
        if (busiest is null || busiest != _busy) (_busy, _looks) = (busiest, 0);
        if (busiest is null)
        {
            if (++_calm >= _looksNeeded) _looksNeeded = LooksFirst;
            return false;
        }

        _calm = 0;
        if (++_looks < _looksNeeded) return false;
        (_looks, _looksNeeded) = (0, Math.Min(LooksMax, _looksNeeded * 2));
        var least = nodes.MinBy(node => node.Load.Score)!.Node.Id;
        var moved = Math.Min(Math.Min(Of(busiest) * PartMoved, Of(busiest) - ShareMin), ShareMax - Of(least));
        if (moved <= 0) return false;
        _shares[busiest] = Of(busiest) - moved;
        _shares[least] = Of(least) + moved;
        return true;
    }

    private static string? Busiest(IReadOnlyCollection<NodeReport> nodes)
    {
        if (nodes.Count < 2) return null;
        var mean = nodes.Average(node => node.Load.Score);
        var most = nodes.MaxBy(node => node.Load.Score)!;
        return most.Load.Score > mean * BusyRatio && most.Load.Score > mean + BusyAbove ? most.Node.Id : null;
    }
}
