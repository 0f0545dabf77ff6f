using System.Collections.Concurrent;
using Mesh.Engine.Storage;

namespace Mesh.Testing.Storage;

/// <summary>The stores that the pools of a mesh under test lead to; each can be made to go wrong. Thread-safe.</summary>
/// <param name="newUri">A uri that leads to an empty store.</param>
/// <param name="open">Opens what a uri leads to.</param>
/// <param name="faultsOf">Who says what goes wrong with the store of a uri; null for each store itself.</param>
public sealed class PoolSet(Func<Task<string>> newUri, Func<string, ILogStore> open, Func<string, IStoreFaults>? faultsOf = null)
{
    private readonly ConcurrentDictionary<string, FaultyLogStore> _stores = new();

    /// <summary>Stores in memory, which outlive whoever opens them.</summary>
    public static PoolSet InMemory()
    {
        var count = 0;
        var stores = new ConcurrentDictionary<string, MemoryLogStore>();
        return new PoolSet(() => Task.FromResult($"memory:{Interlocked.Increment(ref count)}"), uri => stores.GetOrAdd(uri, _ => new MemoryLogStore()));
    }

    public Task<string> NewUriAsync() => newUri();

    /// <summary>What a host opens; "nowhere" leads to nothing.</summary>
    public ILogStore Open(string uri)
    {
        if (uri == "nowhere") throw new ArgumentException("'nowhere' is no store.", nameof(uri));
        return _stores.AddOrUpdate(uri, _ => New(uri), (_, before) => before.IsShared ? before : New(uri, before.IsAway));
    }

    /// <summary>The store that was opened last for a uri.</summary>
    public FaultyLogStore Of(string uri) => _stores.GetOrAdd(uri, _ => New(uri));

    private FaultyLogStore New(string uri, bool isAway = false) => new(open(uri), faultsOf?.Invoke(uri)) { IsAway = isAway };
}
