namespace Mesh.Protocols.Rotera;

/// <summary>Bytes that all stages of the process hold. Thread-safe.</summary>
internal sealed class StageBudget(long bytesMax)
{
    private long _bytes;

    /// <summary>Counts bytes that are held from now on, whatever the answer.</summary>
    /// <returns>False when that is more than may be.</returns>
    public bool TryTake(int bytes) => Interlocked.Add(ref _bytes, bytes) <= bytesMax;

    public void GiveBack(int bytes) => Interlocked.Add(ref _bytes, -bytes);
}
