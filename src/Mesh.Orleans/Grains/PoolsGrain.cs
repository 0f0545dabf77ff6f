using Mesh.Engine.Pools;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;

namespace Mesh.Orleans.Grains;

/// <summary>Changes take turns within; reads do not wait for them.</summary>
[Reentrant]
internal sealed class PoolsGrain(SiloEngine silo, IMesh mesh) : Grain, IPoolsGrain
{
    private readonly PoolDirectory _pools = new(silo.Pools, mesh.Catalogue);

    public ValueTask<PoolChange> PutAsync(Pool pool, CancellationToken cancel = default) => _pools.PutAsync(pool, cancel);

    public ValueTask<Pool?> FindAsync(string name, CancellationToken cancel = default) => _pools.FindAsync(name, cancel);

    public async ValueTask<Pool[]> ListAsync(string after, int limit, CancellationToken cancel = default) => [.. await _pools.ListAsync(after, limit, cancel)];

    public ValueTask<PoolChange> DeleteAsync(string name, CancellationToken cancel = default) => _pools.DeleteAsync(name, cancel);

    public ValueTask<PoolChange> PutFlavorAsync(string name, string[] pools, CancellationToken cancel = default) => _pools.PutFlavorAsync(name, pools, cancel);

    public ValueTask<Flavor?> FindFlavorAsync(string name, CancellationToken cancel = default) => _pools.FindFlavorAsync(name, cancel);

    public async ValueTask<Flavor[]> ListFlavorsAsync(string after, int limit, CancellationToken cancel = default) => [.. await _pools.ListFlavorsAsync(after, limit, cancel)];

    public ValueTask<PoolChange> DeleteFlavorAsync(string name, CancellationToken cancel = default) => _pools.DeleteFlavorAsync(name, cancel);
}
