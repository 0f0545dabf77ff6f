using Mesh.Engine.Storage;

namespace Mesh.Engine.Pools;

/// <summary>Looks in a pool for streams that the catalogue has no more, because their deletion was cut in two: a bounded number with each step, round after round. Not thread-safe.</summary>
/// <param name="catalogue">Has the entries.</param>
/// <param name="pool">Has the rows.</param>
internal sealed class OrphanSweep(ILogStore catalogue, ILogStore pool)
{
    /// <summary>Streams looked at with one step; each costs a question to the catalogue.</summary>
    public const int LookedMax = 50;

    private StreamNumber _after;

    /// <returns>True when it deleted any.</returns>
    public async Task<bool> StepAsync(CancellationToken cancel)
    {
        var streams = await pool.ListStoredAsync(_after, LookedMax, cancel);
        _after = streams.Count < LookedMax ? default : streams[^1].Number;
        var found = false;
        foreach (var stream in streams)
        {
            if (PoolMark.Is(stream.Name)) continue;

            // An entry is there before its rows are, and numbers rise: without an entry of this number nobody will ever ask for them.
            if ((await catalogue.FindEntryAsync(stream.Name, cancel))?.Number == stream.Number) continue;
            found |= await pool.DeleteAsync(stream.Name, stream.Number, cancel) is not null;
        }

        return found;
    }
}
