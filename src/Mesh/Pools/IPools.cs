namespace Mesh;

/// <summary>
/// The stores over which new queues are spread, and the flavors by which a queue asks for some of them. Without a pool every queue is in the host's own store. A queue's
/// home is chosen once, when it is made, and never changes. Thread-safe.
/// </summary>
public interface IPools
{
    /// <summary>Adds a pool or replaces one. Its store must answer, and be nobody else's; a pool that holds queues may move to another address, not to other data.</summary>
    ValueTask<PoolChange> PutAsync(Pool pool, CancellationToken cancel = default);

    /// <returns>Null when there is no such pool.</returns>
    ValueTask<Pool?> FindAsync(string name, CancellationToken cancel = default);

    /// <summary>Pools by name (ordinal order), after <paramref name="after"/>.</summary>
    /// <param name="after">The last name seen; empty to begin.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<IReadOnlyList<Pool>> ListAsync(string after, int limit, CancellationToken cancel = default);

    /// <summary>Removes a pool that holds no queue and that no flavor names; its store is left as it is.</summary>
    ValueTask<PoolChange> DeleteAsync(string name, CancellationToken cancel = default);

    /// <summary>Adds a flavor or replaces one: its pools are these, and no others.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pools">Names of pools, at least one. Each leaves the flavor it had before.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<PoolChange> PutFlavorAsync(string name, IReadOnlyList<string> pools, CancellationToken cancel = default);

    /// <returns>Null when there is no such flavor.</returns>
    ValueTask<Flavor?> FindFlavorAsync(string name, CancellationToken cancel = default);

    /// <summary>Flavors by name (ordinal order), after <paramref name="after"/>.</summary>
    /// <param name="after">The last name seen; empty to begin.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<IReadOnlyList<Flavor>> ListFlavorsAsync(string after, int limit, CancellationToken cancel = default);

    /// <summary>Removes a flavor; its pools stay, without one, and the queues in them.</summary>
    ValueTask<PoolChange> DeleteFlavorAsync(string name, CancellationToken cancel = default);
}

/// <summary>A store for queues.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uri">The path of a SQLite file, or a PostgreSQL connection string. A secret: it may hold a password.</param>
/// <param name="Weight">Its share of new queues, beside the weights of the others; 0 takes none. From 0.</param>
/// <param name="Flavor">Only queues that ask for this flavor are made here; null takes those that ask for none.</param>
/// <param name="Options">What its users wrote down about it, opaque here.</param>
public sealed record Pool(string Name, string Uri, int Weight, string? Flavor, ReadOnlyMemory<byte> Options)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"pool {Name}";
}

/// <summary>A kind of store that queues can ask for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pools">Names of its pools, in ordinal order.</param>
public sealed record Flavor(string Name, IReadOnlyList<string> Pools)
{
    /// <summary>What every pool of ours can do.</summary>
    public static readonly IReadOnlyList<string> Capabilities = ["FIFO", "CLAIMS", "DURABILITY", "AOD", "HIGH_THROUGHPUT"];
}

/// <summary>What became of a change of pools or flavors.</summary>
public abstract record PoolChange
{
    private PoolChange()
    {
    }

    /// <summary>It is so, durably.</summary>
    public sealed record Done(bool IsNew) : PoolChange;

    /// <summary>Another pool leads to the same store.</summary>
    public sealed record UriTaken(string Pool) : PoolChange;

    /// <summary>The store cannot be a pool.</summary>
    /// <param name="Reason">Why, without the address.</param>
    public sealed record Unusable(string Reason) : PoolChange;

    /// <summary>The pool holds queues. Delete them first.</summary>
    public sealed record HoldsQueues(StreamName First) : PoolChange;

    /// <summary>A flavor names the pool. Change or delete that first.</summary>
    public sealed record InFlavor(string Flavor) : PoolChange;

    /// <summary>There is no pool of this name.</summary>
    public sealed record NoSuchPool(string Pool) : PoolChange;
}
