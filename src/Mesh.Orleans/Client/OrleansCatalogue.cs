using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>The catalogue of a cluster: what a stream is comes from its grain, lists come from the store.</summary>
internal sealed class OrleansCatalogue(Func<StreamName, StreamHandle> handleOf, ICatalogueGrain lists, Patience patience) : ICatalogue
{
    public ValueTask<bool> CreateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) =>
        handleOf(name).CreateAsync(options, metadata);

    public ValueTask<StreamEntry?> FindAsync(StreamName name, CancellationToken cancel = default) => handleOf(name).EntryAsync();

    public ValueTask<bool> UpdateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) =>
        handleOf(name).UpdateAsync(options, metadata);

    public ValueTask<bool> DeleteAsync(StreamName name, CancellationToken cancel = default) => handleOf(name).DeleteAsync();

    public async ValueTask<IReadOnlyList<StreamEntry>> ListAsync(string project, StreamKind kind, string after, int limit, CancellationToken cancel = default) =>
        await patience.CallAsync(() => lists.ListAsync(project, (byte)kind, after, limit, cancel), cancel);

    public ValueTask<long> CountAsync(string project, StreamKind kind, CancellationToken cancel = default) =>
        patience.CallAsync(() => lists.CountAsync(project, (byte)kind, cancel), cancel);
}
