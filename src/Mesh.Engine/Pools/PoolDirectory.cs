namespace Mesh.Engine.Pools;

/// <summary>
/// Adds, changes and deletes pools and flavors, one change at a time; a cluster has one of these that changes. Reads go to the catalogue. Thread-safe.
/// </summary>
/// <param name="stores">The pools of this process.</param>
/// <param name="catalogue">Changes the lines, through whoever owns them.</param>
public sealed class PoolDirectory(PoolStores stores, ICatalogue catalogue) : IPools
{
    /// <summary>Entries read at a time while looking for queues of a pool.</summary>
    private const int EntriesPerRead = 1000;

    private readonly SemaphoreSlim _changing = new(1, 1);

    private PoolLines Lines => stores.Lines;

    public ValueTask<PoolChange> PutAsync(Pool pool, CancellationToken cancel = default) => ChangeAsync(() => PutOneAsync(pool, cancel), cancel);

    public async ValueTask<Pool?> FindAsync(string name, CancellationToken cancel = default) => (await Lines.FindAsync(name, cancel))?.Pool;

    public async ValueTask<IReadOnlyList<Pool>> ListAsync(string after, int limit, CancellationToken cancel = default) =>
        [.. (await Lines.ListAsync(after, limit, cancel)).Select(line => line.Pool)];

    public ValueTask<PoolChange> DeleteAsync(string name, CancellationToken cancel = default) => ChangeAsync(() => DeleteOneAsync(name, cancel), cancel);

    public ValueTask<PoolChange> PutFlavorAsync(string name, IReadOnlyList<string> pools, CancellationToken cancel = default) =>
        ChangeAsync(() => PutOneFlavorAsync(name, pools, cancel), cancel);

    public async ValueTask<Flavor?> FindFlavorAsync(string name, CancellationToken cancel = default) =>
        await Lines.HasFlavorAsync(name, cancel) ? Of(name, await Lines.ListAsync(cancel)) : null;

    public async ValueTask<IReadOnlyList<Flavor>> ListFlavorsAsync(string after, int limit, CancellationToken cancel = default)
    {
        var pools = await Lines.ListAsync(cancel);
        return [.. (await Lines.ListFlavorsAsync(after, limit, cancel)).Select(name => Of(name, pools))];
    }

    public ValueTask<PoolChange> DeleteFlavorAsync(string name, CancellationToken cancel = default) => ChangeAsync(() => DeleteOneFlavorAsync(name, cancel), cancel);

    private static Flavor Of(string name, IEnumerable<PoolLine> pools) => new(name, [.. pools.Where(line => line.Pool.Flavor == name).Select(line => line.Pool.Name)]);

    private async ValueTask<PoolChange> ChangeAsync(Func<ValueTask<PoolChange>> change, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            return await change();
        }
        finally
        {
            _changing.Release();
        }
    }

    private async ValueTask<PoolChange> PutOneAsync(Pool pool, CancellationToken cancel)
    {
        if (stores.Host.Open is null) return new PoolChange.Unusable("this host opens no pools");
        var lines = await Lines.ListAsync(cancel);
        if (lines.FirstOrDefault(line => line.Pool.Uri == pool.Uri && line.Pool.Name != pool.Name) is { } same) return new PoolChange.UriTaken(same.Pool.Name);
        var before = lines.FirstOrDefault(line => line.Pool.Name == pool.Name);
        if (before is null && lines.Count >= PoolLines.PoolsMax) return new PoolChange.Unusable($"there are {PoolLines.PoolsMax} pools, which is as many as there may be");
        var number = before?.Number ?? await AddLineAsync(pool, cancel);
        if (await TakeStoreAsync(pool, number, before, cancel) is { } refused)
        {
            if (before is null) await catalogue.DeleteAsync(PoolLines.NameOf(pool.Name), CancellationToken.None);
            return refused;
        }

        await WriteLineAsync(pool, isClosed: false, cancel);
        if (before is not null && before.Pool.Uri != pool.Uri) await stores.CloseAsync(pool.Name);
        return new PoolChange.Done(before is null);
    }

    /// <summary>A line for a pool that takes no queues yet, for its number.</summary>
    private async ValueTask<StreamNumber> AddLineAsync(Pool pool, CancellationToken cancel)
    {
        await catalogue.CreateAsync(PoolLines.NameOf(pool.Name), StreamOptions.Default, PoolLine.ToStored(pool, isClosed: true), cancel);
        return (await catalogue.FindAsync(PoolLines.NameOf(pool.Name), cancel))?.Number ?? throw new StorageUnavailableException("The pool was deleted while it was added.");
    }

    private ValueTask<bool> WriteLineAsync(Pool pool, bool isClosed, CancellationToken cancel) =>
        catalogue.UpdateAsync(PoolLines.NameOf(pool.Name), StreamOptions.Default, PoolLine.ToStored(pool, isClosed), cancel);

    /// <summary>Sees that a store answers and makes it this pool's.</summary>
    /// <returns>Why it cannot be; null when it is.</returns>
    private async ValueTask<PoolChange?> TakeStoreAsync(Pool pool, StreamNumber number, PoolLine? before, CancellationToken cancel)
    {
        var moves = before is not null && before.Pool.Uri != pool.Uri;
        var held = moves ? await FirstQueueAsync(pool.Name, cancel) : null;
        try
        {
            return await stores.TryAsync<PoolChange?>(pool.Uri, async store =>
            {
                var owner = await stores.Mark.OwnerAsync(store, cancel);
                if (held is not null && owner != number) return new PoolChange.Unusable($"the pool holds queue {held}, and what is there now is not its data");
                if (owner is { } other && other != number)
                {
                    if ((await Lines.ListAsync(cancel)).FirstOrDefault(line => line.Number == other) is { } taken) return new PoolChange.UriTaken(taken.Pool.Name);
                    if (await PoolMark.FirstStreamAsync(store, cancel) is null) await PoolMark.RemoveAsync(store, other, cancel);
                }

                return await stores.Mark.TakeAsync(store, number, cancel) is { } reason ? new PoolChange.Unusable(reason) : null;
            }, cancel);
        }
        catch (Exception failure) when (failure is ArgumentException or StorageUnavailableException)
        {
            return new PoolChange.Unusable(failure.Message);
        }
    }

    private async ValueTask<PoolChange> DeleteOneAsync(string name, CancellationToken cancel)
    {
        if (await Lines.FindAsync(name, cancel) is not { } line) return new PoolChange.Done(false);
        if (line.Pool.Flavor is { } flavor && await Lines.HasFlavorAsync(flavor, cancel)) return new PoolChange.InFlavor(flavor);
        await WriteLineAsync(line.Pool, isClosed: true, cancel);
        if (await FirstQueueAsync(name, cancel) is { } held)
        {
            await WriteLineAsync(line.Pool, isClosed: false, CancellationToken.None);
            return new PoolChange.HoldsQueues(held);
        }

        await RemoveMarkAsync(line, cancel);
        await stores.CloseAsync(name);
        await catalogue.DeleteAsync(PoolLines.NameOf(name), CancellationToken.None);
        return new PoolChange.Done(false);
    }

    /// <summary>So that the store can be a pool again. One that is away keeps its mark, and is known by it when it is back.</summary>
    private async ValueTask RemoveMarkAsync(PoolLine line, CancellationToken cancel)
    {
        try
        {
            await stores.TryAsync(line.Pool.Uri, async store =>
            {
                await PoolMark.RemoveAsync(store, line.Number, cancel);
                return true;
            }, cancel);
        }
        catch (Exception failure) when (failure is ArgumentException or StorageUnavailableException)
        {
            stores.Host.Warn($"Pool {line.Pool.Name} is deleted, although its store does not answer: {failure.Message}");
        }
    }

    /// <summary>Walks all entries for a queue whose rows are in a pool.</summary>
    private async ValueTask<StreamName?> FirstQueueAsync(string pool, CancellationToken cancel)
    {
        for (StreamNumber after = default; ;)
        {
            var streams = await stores.Catalogue.ListStoredAsync(after, EntriesPerRead, cancel);
            foreach (var stream in streams)
            {
                if (stream.Options.Pool != pool) continue;
                if (!stream.Name.IsInner) return stream.Name;
                await stores.DeleteAsync(stream.Name, cancel); // a probe's, which does not count
            }

            if (streams.Count < EntriesPerRead) return null;
            after = streams[^1].Number;
        }
    }

    private async ValueTask<PoolChange> PutOneFlavorAsync(string name, IReadOnlyList<string> pools, CancellationToken cancel)
    {
        var lines = await Lines.ListAsync(cancel);
        foreach (var pool in pools)
            if (!lines.Any(line => line.Pool.Name == pool)) return new PoolChange.NoSuchPool(pool);
        var isNew = await catalogue.CreateAsync(PoolLines.NameOfFlavor(name), StreamOptions.Default, default, cancel);
        await SetPoolsAsync(name, lines, pools, cancel);
        return new PoolChange.Done(isNew);
    }

    private async ValueTask<PoolChange> DeleteOneFlavorAsync(string name, CancellationToken cancel)
    {
        await SetPoolsAsync(name, await Lines.ListAsync(cancel), [], cancel);
        await catalogue.DeleteAsync(PoolLines.NameOfFlavor(name), cancel);
        return new PoolChange.Done(false);
    }

    private async ValueTask SetPoolsAsync(string flavor, IEnumerable<PoolLine> lines, IReadOnlyList<string> pools, CancellationToken cancel)
    {
        foreach (var line in lines)
        {
            var now = pools.Contains(line.Pool.Name) ? flavor : line.Pool.Flavor == flavor ? null : line.Pool.Flavor;
            if (now != line.Pool.Flavor) await WriteLineAsync(line.Pool with { Flavor = now }, line.IsClosed, cancel);
        }
    }
}
