using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>A few connections that read. Each read is a snapshot of its own, so that none holds up a checkpoint. Thread-safe.</summary>
internal sealed class SqliteReaders(SqliteFile file) : IAsyncDisposable
{
    /// <summary>Reads at the same time; further ones wait.</summary>
    private const int ConnectionsMax = 4;

    private readonly SemaphoreSlim _free = new(ConnectionsMax, ConnectionsMax);
    private readonly ConcurrentStack<SqliteReads> _idle = [];
    private volatile bool _closed;

    /// <summary>Runs a read, on the caller's thread unless it has a synchronization context: such a thread serves others meanwhile.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public ValueTask<T> RunAsync<TState, T>(TState state, Func<SqliteReads, TState, T> work, CancellationToken cancel) =>
        SynchronizationContext.Current is null ? RunHereAsync(state, work, cancel) : new(Task.Run(() => RunHereAsync(state, work, cancel).AsTask(), cancel));

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var taken = 0; taken < ConnectionsMax; taken++) await _free.WaitAsync();
        while (_idle.TryPop(out var reads)) reads.Dispose();
        _free.Release(ConnectionsMax);
    }

    private async ValueTask<T> RunHereAsync<TState, T>(TState state, Func<SqliteReads, TState, T> work, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        SqliteReads? reads = null;
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_idle.TryPop(out reads)) reads = new SqliteReads(SqliteSession.OpenReader(file));
            var result = work(reads, state);
            _idle.Push(reads);
            reads = null;
            return result;
        }
        catch (SqliteException failure)
        {
            throw file.Explain(failure);
        }
        finally
        {
            reads?.Dispose();
            _free.Release();
        }
    }
}
