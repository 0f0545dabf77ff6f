namespace Mesh.Engine.Pools;

/// <summary>Chooses the home of a new queue.</summary>
internal static class PoolChoice
{
    /// <summary>One of the pools of a flavor, or of those without one, at random by weight.</summary>
    /// <param name="pools">All there are.</param>
    /// <param name="flavor">What the queue asks for; null and a flavor that nobody has when there are no pools ask for none.</param>
    /// <param name="random">0 to below 1.</param>
    /// <returns>Null for the host's own store, where queues go that ask for no flavor while no pool without one takes any.</returns>
    /// <exception cref="StorageUnavailableException">The flavor has no pool that takes queues.</exception>
    public static string? Of(IReadOnlyList<PoolLine> pools, string? flavor, double random)
    {
        if (pools.Count == 0) return null;
        var open = pools.Where(line => !line.IsClosed && line.Pool.Weight > 0 && line.Pool.Flavor == flavor).ToList();
        var at = random * open.Sum(line => (double)line.Pool.Weight);
        foreach (var line in open)
        {
            at -= line.Pool.Weight;
            if (at < 0) return line.Pool.Name;
        }

        if (open.Count > 0) return open[^1].Pool.Name;
        return flavor is null ? null : throw new StorageUnavailableException($"No pool of flavor {flavor} takes queues: add one with a weight above 0.");
    }
}
