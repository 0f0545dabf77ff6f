namespace Mesh.Orleans.Grains;

/// <summary>The one that changes pools and flavors in a cluster, with key 0. Its methods are those of <see cref="IPools"/>; a change may have to wait for a database.</summary>
public interface IPoolsGrain : IGrainWithIntegerKey
{
    [ResponseTimeout("00:01:00")]
    ValueTask<PoolChange> PutAsync(Pool pool, CancellationToken cancel = default);

    ValueTask<Pool?> FindAsync(string name, CancellationToken cancel = default);

    ValueTask<Pool[]> ListAsync(string after, int limit, CancellationToken cancel = default);

    [ResponseTimeout("00:01:00")]
    ValueTask<PoolChange> DeleteAsync(string name, CancellationToken cancel = default);

    [ResponseTimeout("00:01:00")]
    ValueTask<PoolChange> PutFlavorAsync(string name, string[] pools, CancellationToken cancel = default);

    ValueTask<Flavor?> FindFlavorAsync(string name, CancellationToken cancel = default);

    ValueTask<Flavor[]> ListFlavorsAsync(string after, int limit, CancellationToken cancel = default);

    [ResponseTimeout("00:01:00")]
    ValueTask<PoolChange> DeleteFlavorAsync(string name, CancellationToken cancel = default);
}
