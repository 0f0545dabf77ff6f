using Mesh.Engine.Rings;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;

namespace Mesh.Embedded;

/// <summary>The catalogue of one process: what a stream is comes from its actor, lists come from the store.</summary>
internal sealed class EmbeddedCatalogue(ILogStore store, Func<StreamName, StreamKeeper> actorOf, Action reclaim, RoomHistories histories) : ICatalogue
{
    public async ValueTask<bool> CreateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default)
    {
        var isNew = await CallAsync(name, stream => stream.CreateAsync(options, metadata), cancel);
        await histories.OnChangedAsync(name);
        return isNew;
    }

    public ValueTask<StreamEntry?> FindAsync(StreamName name, CancellationToken cancel = default) => actorOf(name).EntryAsync();

    public ValueTask<bool> UpdateAsync(StreamName name, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) =>
        CallAsync(name, stream => stream.UpdateAsync(options, metadata, cancel), cancel);

    public async ValueTask<bool> DeleteAsync(StreamName name, CancellationToken cancel = default)
    {
        var wasThere = await CallAsync(name, stream => stream.DeleteAsync(cancel), cancel);
        await histories.OnChangedAsync(name);
        if (wasThere) reclaim();
        return wasThere;
    }

    public ValueTask<IReadOnlyList<StreamEntry>> ListAsync(string project, StreamKind kind, string after, int limit, CancellationToken cancel = default) =>
        store.ListEntriesAsync(project, kind, after, limit, cancel);

    public ValueTask<long> CountAsync(string project, StreamKind kind, CancellationToken cancel = default) => store.CountEntriesAsync(project, kind, cancel);

    /// <summary>A ring that somebody holds is changed when that has ended.</summary>
    private ValueTask<T> CallAsync<T>(StreamName name, Func<StreamKeeper, ValueTask<T>> call, CancellationToken cancel)
    {
        var stream = actorOf(name);
        return stream is RingActor ring ? ring.Gated.CallAsync(() => call(ring), cancel) : call(stream);
    }
}
