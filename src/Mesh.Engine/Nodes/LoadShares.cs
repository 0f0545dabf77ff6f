namespace Mesh.Engine.Nodes;

/// <summary>What each node is to have beside the others: where no slot is known to make a node busy, it hands a part of its share to another. Not thread-safe.</summary>
internal sealed class LoadShares
{
    private const double PartMoved = 0.2;
    private const double ShareMin = 0.05;
    private const double ShareMax = 4;

    private readonly Dictionary<string, double> _shares = [];

    /// <summary>Shares other than 1.</summary>
    public IReadOnlyDictionary<string, double> Unequal => _shares;

    public double Of(string node) => _shares.GetValueOrDefault(node, 1);

    public void Restore(IReadOnlyDictionary<string, double> shares)
    {
        foreach (var (node, share) in shares) _shares[node] = share;
    }

    /// <summary>Who is gone comes back with a share as any other.</summary>
    public void Forget(string node) => _shares.Remove(node);

    /// <returns>False when the one has as little, or the other as much, as a node can have.</returns>
    public bool TryMove(string from, string to)
    {
        var moved = Math.Min(Math.Min(Of(from) * PartMoved, Of(from) - ShareMin), ShareMax - Of(to));
        if (moved <= 0) return false;
        _shares[from] = Of(from) - moved;
        _shares[to] = Of(to) + moved;
        return true;
    }
}
