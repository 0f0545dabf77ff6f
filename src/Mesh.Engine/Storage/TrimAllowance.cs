namespace Mesh.Engine.Storage;

/// <summary>
/// What one transaction may still delete below low watermarks: a large cut never holds up those who write. Twice what the transaction adds is always allowed,
/// so that deleting keeps up with adding whatever the load.
/// </summary>
public struct TrimAllowance
{
    private const int AddedFactor = 2;

    /// <param name="commits">What the transaction writes.</param>
    public TrimAllowance(IReadOnlyList<StreamCommit> commits)
    {
        var batches = 0;
        long bytes = 0;
        for (var i = 0; i < commits.Count; i++)
        {
            var added = commits[i].Batches;
            batches += added.Count;
            for (var row = 0; row < added.Count; row++) bytes += added[row].Bytes.Length;
        }

        BatchesLeft = Math.Max(StorageLimits.TrimBatchesMax, AddedFactor * batches);
        BytesLeft = Math.Max(StorageLimits.TrimBytesMax, AddedFactor * bytes);
    }

    public readonly bool IsUsedUp => BatchesLeft <= 0 || BytesLeft <= 0;

    public int BatchesLeft { get; private set; }

    /// <summary>Batches are deleted whole: the last one may be larger.</summary>
    public long BytesLeft { get; private set; }

    public void Use(int batches, long bytes)
    {
        BatchesLeft -= batches;
        BytesLeft -= bytes;
    }
}
