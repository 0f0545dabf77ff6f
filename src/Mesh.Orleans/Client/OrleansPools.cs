using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>The pools of a cluster: one grain has them. A change that is sent again comes to the same.</summary>
internal sealed class OrleansPools(IPoolsGrain grain, Patience patience) : IPools
{
    public ValueTask<PoolChange> PutAsync(Pool pool, CancellationToken cancel = default) => patience.CallAsync(() => grain.PutAsync(pool, cancel), cancel);

    public ValueTask<Pool?> FindAsync(string name, CancellationToken cancel = default) => patience.CallAsync(() => grain.FindAsync(name, cancel), cancel);

    public async ValueTask<IReadOnlyList<Pool>> ListAsync(string after, int limit, CancellationToken cancel = default) =>
        await patience.CallAsync(() => grain.ListAsync(after, limit, cancel), cancel);

    public ValueTask<PoolChange> DeleteAsync(string name, CancellationToken cancel = default) => patience.CallAsync(() => grain.DeleteAsync(name, cancel), cancel);

    public ValueTask<PoolChange> PutFlavorAsync(string name, IReadOnlyList<string> pools, CancellationToken cancel = default) =>
        patience.CallAsync(() => grain.PutFlavorAsync(name, [.. pools], cancel), cancel);

    public ValueTask<Flavor?> FindFlavorAsync(string name, CancellationToken cancel = default) => patience.CallAsync(() => grain.FindFlavorAsync(name, cancel), cancel);

    public async ValueTask<IReadOnlyList<Flavor>> ListFlavorsAsync(string after, int limit, CancellationToken cancel = default) =>
        await patience.CallAsync(() => grain.ListFlavorsAsync(after, limit, cancel), cancel);

    public ValueTask<PoolChange> DeleteFlavorAsync(string name, CancellationToken cancel = default) => patience.CallAsync(() => grain.DeleteFlavorAsync(name, cancel), cancel);
}
