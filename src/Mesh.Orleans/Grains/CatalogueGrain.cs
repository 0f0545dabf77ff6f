using Mesh.Orleans.Silo;
using Orleans.Concurrency;

namespace Mesh.Orleans.Grains;

/// <summary>Asks the store.</summary>
[StatelessWorker, Reentrant]
internal sealed class CatalogueGrain(SiloEngine silo) : Grain, ICatalogueGrain
{
    public async ValueTask<StreamEntry[]> ListAsync(string project, byte kind, string after, int limit, CancellationToken cancel = default) =>
        [.. await silo.Context.Store.ListEntriesAsync(project, (StreamKind)kind, after, limit, cancel)];

    public ValueTask<long> CountAsync(string project, byte kind, CancellationToken cancel = default) => silo.Context.Store.CountEntriesAsync(project, (StreamKind)kind, cancel);
}
