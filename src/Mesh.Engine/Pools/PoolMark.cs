using System.Security.Cryptography;
using Mesh.Engine.Storage;
using Mesh.Engine.Time;

namespace Mesh.Engine.Pools;

/// <summary>
/// Says in a pool's store whose it is: an entry with the number of the pool's line, and the identity of the mesh, made once and kept in the catalogue. So no store is two pools', nor
/// another mesh's, whose numbers would be the same. Thread-safe.
/// </summary>
internal sealed class PoolMark(ILogStore catalogue, SteadyClock clock)
{
    private const int IdentityBytes = 16;

    private static readonly StreamName Place = StreamName.Queue("mark", "\u001fpool");
    private static readonly StreamName Identity = StreamName.Queue("identity", "\u001fmesh");

    private byte[]? _identity;

    public static bool Is(StreamName name) => name == Place;

    /// <summary>Marks a store as the one of a pool, unless it is marked so.</summary>
    /// <param name="store">Migrated.</param>
    /// <param name="pool">The number of the pool's line.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>Why it cannot be; null when it is.</returns>
    public async ValueTask<string?> TakeAsync(ILogStore store, StreamNumber pool, CancellationToken cancel)
    {
        var identity = await IdentityAsync(cancel);
        if (await store.FindEntryAsync(Place, cancel) is { } marked) return Judge(marked, pool, identity);
        if (await FirstStreamAsync(store, cancel) is { } other) return $"it holds stream {other}, which no pool of this mesh does";
        var opened = (await store.OpenAsync([new OpenRequest(Place, new StreamSeed(StreamOptions.Default, identity, clock.Now(), pool))], cancel))[0]!;
        return Judge(opened.Entry, pool, identity);
    }

    /// <summary>Whose store it is, of the pools of this mesh.</summary>
    /// <returns>The number of a pool's line, which may be gone; null when it is nobody's or another mesh's.</returns>
    public async ValueTask<StreamNumber?> OwnerAsync(ILogStore store, CancellationToken cancel)
    {
        var identity = await IdentityAsync(cancel);
        return await store.FindEntryAsync(Place, cancel) is { } marked && marked.Metadata.Span.SequenceEqual(identity) ? marked.Number : null;
    }

    /// <summary>Takes the mark of a pool away, and leaves one of another.</summary>
    public static async ValueTask RemoveAsync(ILogStore store, StreamNumber pool, CancellationToken cancel) => await store.DeleteAsync(Place, pool, cancel);

    /// <summary>The first stream that the store holds beside its mark; null when there is none.</summary>
    public static async ValueTask<StreamName?> FirstStreamAsync(ILogStore store, CancellationToken cancel)
    {
        foreach (var stream in await store.ListStoredAsync(default, 2, cancel))
            if (!Is(stream.Name)) return stream.Name;
        return null;
    }

    private static string? Judge(StreamEntry marked, StreamNumber pool, byte[] identity) =>
        !marked.Metadata.Span.SequenceEqual(identity) ? "it is a pool of another mesh"
        : marked.Number != pool ? "it is another pool of this mesh"
        : null;

    /// <summary>Of two processes that make one at a time the first is kept.</summary>
    private async ValueTask<byte[]> IdentityAsync(CancellationToken cancel)
    {
        if (_identity is { } known) return known;
        var seed = new StreamSeed(StreamOptions.Default, RandomNumberGenerator.GetBytes(IdentityBytes), clock.Now());
        var entry = await catalogue.FindEntryAsync(Identity, cancel) ?? (await catalogue.OpenAsync([new OpenRequest(Identity, seed)], cancel))[0]!.Entry;
        return _identity = entry.Metadata.ToArray();
    }
}
