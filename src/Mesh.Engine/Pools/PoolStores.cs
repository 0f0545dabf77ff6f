using System.Collections.Concurrent;
using Mesh.Engine.Storage;
using Mesh.Engine.Time;

namespace Mesh.Engine.Pools;

/// <summary>
/// The pools that are open in this process, and the way of a stream to its home: its entry is in the catalogue, which is the host's own store, and its rows there too or in the pool
/// that the entry names. Thread-safe.
/// </summary>
/// <param name="own">The host's own store, with its writer.</param>
/// <param name="clock">The host's clock.</param>
/// <param name="host">What the host lends.</param>
/// <param name="stop">Ends every pool's writer when what waits is committed.</param>
/// <param name="leave">Ends the maintenance.</param>
public sealed class PoolStores(StreamHome own, SteadyClock clock, PoolHost host, CancellationToken stop, CancellationToken leave) : IAsyncDisposable
{
    /// <summary>A queue whose pool was closed while it was made is made so often again.</summary>
    private const int TriesMax = 10;

    private readonly ConcurrentDictionary<string, Task<PoolStore>> _open = new(StringComparer.Ordinal);
    private readonly PoolLines _lines = new(own.Store);
    private readonly PoolMark _mark = new(own.Store, clock);
    private readonly Lock _change = new();

    internal PoolLines Lines => _lines;

    internal PoolMark Mark => _mark;

    internal ILogStore Catalogue => own.Store;

    internal PoolHost Host => host;

    /// <summary>Takes ownership of a stream in its home, which is chosen now if the stream is made now.</summary>
    /// <returns>Null when it does not exist and was not to be created.</returns>
    internal async Task<HomedStream?> OpenAsync(StreamName name, StreamSeed? create)
    {
        for (var tries = 1; ; tries++)
        {
            var opened = await own.Pump.OpenAsync(new OpenRequest(name, create is null ? null : await PlaceAsync(name, create)));
            if (opened is null) return null;
            if (opened.Entry.Options.Pool is not { } pool) return new HomedStream(opened, own);
            if (!opened.IsNew || await _lines.FindAsync(pool) is { IsClosed: false })
            {
                var store = await GetAsync(pool);
                var rows = await store.OpenStreamAsync(opened.Entry);
                return new HomedStream(rows with { Entry = opened.Entry, IsNew = opened.IsNew }, store.Home);
            }

            // The pool was closed or deleted since it was chosen, by somebody who looked for queues in it before this one was there. From now on it would be seen.
            await DeleteAsync(name);
            if (tries == TriesMax) throw new StorageUnavailableException($"{name} cannot be made: pool {pool} takes no new queues.");
        }
    }

    /// <summary>Deletes a stream, first in the catalogue, and then its rows; a pool that is away deletes them later.</summary>
    /// <returns>False when there was none.</returns>
    internal async ValueTask<bool> DeleteAsync(StreamName name, CancellationToken cancel = default)
    {
        var entry = await own.Store.FindEntryAsync(name, cancel);
        if (await own.Store.DeleteAsync(name, cancel: cancel) is not { } number) return false;
        if (entry?.Options.Pool is not { } pool || entry.Number != number) return true;
        try
        {
            await (await GetAsync(pool)).DeleteStreamAsync(name, number, cancel);
        }
        catch (StorageUnavailableException reason)
        {
            host.Warn($"{name} is deleted, and its records will be when pool {pool} answers: {reason.Message}");
        }

        return true;
    }

    /// <summary>Lends the store that a uri names: that of an open pool, or one that is opened for this alone.</summary>
    /// <exception cref="ArgumentException">The uri names no store.</exception>
    /// <exception cref="StorageUnavailableException">It does not answer.</exception>
    internal async ValueTask<T> TryAsync<T>(string uri, Func<ILogStore, ValueTask<T>> use, CancellationToken cancel)
    {
        foreach (var (_, opening) in _open)
            if (opening is { IsCompletedSuccessfully: true } && opening.Result is { } open && open.LeadsTo(uri)) return await use(open.Home.Store);
        await using var store = host.Open!(uri);
        await store.MigrateAsync(cancel);
        return await use(store);
    }

    /// <summary>The pool is gone, or leads elsewhere now: its streams are opened anew when they are asked for.</summary>
    internal ValueTask CloseAsync(string pool) => _open.TryGetValue(pool, out var opening) ? CloseAsync(pool, opening) : default;

    /// <summary>Commits what waits everywhere, and closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in _open.Keys) await CloseAsync(pool);
    }

    private async ValueTask CloseAsync(string pool, Task<PoolStore> opening)
    {
        if (!_open.TryRemove(KeyValuePair.Create(pool, opening))) return;
        try
        {
            await (await opening).DisposeAsync();
        }
        catch (Exception failure) when (failure is StorageUnavailableException or OperationCanceledException)
        {
            // It could not be opened in the first place.
        }
    }

    private async ValueTask<StreamSeed> PlaceAsync(StreamName name, StreamSeed create)
    {
        if (host.Open is null || name.Kind != StreamKind.Queue || name.IsInner || create.Options.Pool is not null) return create;
        return PoolChoice.Of(await _lines.ListAsync(), create.Options.Flavor, Random.Shared.NextDouble()) is { } pool
            ? create with { Options = create.Options with { Pool = pool } }
            : create;
    }

    /// <summary>Opens a pool if it is not open; whoever comes meanwhile waits for the same opening, and none waits for another pool.</summary>
    private async Task<PoolStore> GetAsync(string pool)
    {
        while (true)
        {
            var line = await _lines.FindAsync(pool)
                ?? throw new StorageUnavailableException($"The stream lives in pool {pool}, which is not there any more. Add the pool again, or delete the stream.");
            Task<PoolStore> opening;
            lock (_change)
            {
                if (stop.IsCancellationRequested) throw new StorageUnavailableException("The process is shutting down; nothing of the request was stored.");
                if (!_open.TryGetValue(pool, out opening!) || opening.IsFaulted || opening.IsCanceled)
                    _open[pool] = opening = Task.Run(() => PoolStore.OpenAsync(line, own.Store, _mark, host, clock, stop, leave), CancellationToken.None);
            }

            var open = await opening;
            if (open.Is(line)) return open;
            await CloseAsync(pool, opening);
        }
    }
}
