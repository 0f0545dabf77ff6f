using Mesh.Engine.Commit;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;

namespace Mesh.Engine.Pools;

/// <summary>An open pool: its store, its writer and its maintenance, apart from those of every other. Thread-safe.</summary>
internal sealed class PoolStore : IAsyncDisposable
{
    private readonly ILogStore _catalogue;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _leave;
    private readonly Maintenance _maintenance;
    private readonly OrphanSweep _orphans;
    private readonly Task _writing;
    private readonly Task _maintaining;

    private readonly PoolLine _line;

    private PoolStore(PoolLine line, ILogStore store, ILogStore catalogue, PoolHost host, SteadyClock clock, CancellationToken stop, CancellationToken leave)
    {
        _line = line;
        _catalogue = catalogue;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _leave = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, leave);
        Home = new StreamHome(store, new CommitPump(store, host.Commit));
        _orphans = new OrphanSweep(catalogue, store);
        _maintenance = new Maintenance(store, clock, () => host.Streams().Where(stream => stream.IsAt(Home)), host.Wake, host.Warn, SweepOrphansAsync);
        _writing = host.RunOnThread(() => Home.Pump.Run(_stop.Token));
        _maintaining = _maintenance.RunAsync(host.MaintenanceInterval, _leave.Token);
    }

    public StreamHome Home { get; }

    /// <summary>True while the catalogue says of the pool what it said when it was opened.</summary>
    public bool Is(PoolLine line) => line.Number == _line.Number && LeadsTo(line.Pool.Uri);

    public bool LeadsTo(string uri) => _line.Pool.Uri == uri;

    /// <summary>Opens the store, brings its schema up to date, and sees that it is this pool's.</summary>
    /// <exception cref="StorageUnavailableException">It cannot be used; the text says why.</exception>
    public static async Task<PoolStore> OpenAsync(PoolLine line, ILogStore catalogue, PoolMark mark, PoolHost host, SteadyClock clock, CancellationToken stop, CancellationToken leave)
    {
        if (host.Open is null) throw new StorageUnavailableException($"The stream lives in pool {line.Pool.Name}, and this process opens no pools.");
        ILogStore store;
        try
        {
            store = host.Open(line.Pool.Uri);
        }
        catch (ArgumentException wrong)
        {
            throw new StorageUnavailableException($"Pool {line.Pool.Name} cannot be opened: {wrong.Message}", wrong);
        }

        try
        {
            await store.MigrateAsync(stop);
            if (await mark.TakeAsync(store, line.Number, stop) is { } reason) throw new StorageUnavailableException($"Pool {line.Pool.Name} cannot be used: {reason}");
            return new PoolStore(line, store, catalogue, host, clock, stop, leave);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes ownership of a stream's rows here, and makes them if there are none.</summary>
    /// <param name="entry">The stream as the catalogue has it.</param>
    /// <exception cref="StreamFencedException">It was deleted or made anew since the catalogue was asked.</exception>
    public async Task<OpenedStream> OpenStreamAsync(StreamEntry entry)
    {
        var seed = new StreamSeed(entry.Options, ReadOnlyMemory<byte>.Empty, entry.Created, entry.Number);
        while (true)
        {
            var opened = (await Home.Pump.OpenAsync(new OpenRequest(entry.Name, seed)))!;
            if (opened.Entry.Number.Value > entry.Number.Value) throw new StreamFencedException(entry.Name);
            if (opened.Entry.Number == entry.Number)
            {
                // Whoever deletes it does so in the catalogue first: rows made after that would be nobody's.
                if (!opened.IsNew || (await _catalogue.FindEntryAsync(entry.Name))?.Number == entry.Number) return opened;
                await DeleteStreamAsync(entry.Name, entry.Number);
                throw new StreamFencedException(entry.Name);
            }

            // Rows of an earlier stream of the name, whose deletion was cut in two.
            await DeleteStreamAsync(entry.Name, opened.Entry.Number);
        }
    }

    /// <summary>Deletes a stream's rows, if they are those of this number.</summary>
    public async ValueTask DeleteStreamAsync(StreamName name, StreamNumber number, CancellationToken cancel = default)
    {
        if (await Home.Store.DeleteAsync(name, number, cancel) is not null) _maintenance.OnDeleted();
    }

    /// <summary>Commits what waits, refuses what comes later, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        await _maintaining;
        await Home.Store.DisposeAsync();
        _leave.Dispose();
        _stop.Dispose();
    }

    private async Task SweepOrphansAsync(CancellationToken stop)
    {
        if (await _orphans.StepAsync(stop)) _maintenance.OnDeleted();
    }
}
