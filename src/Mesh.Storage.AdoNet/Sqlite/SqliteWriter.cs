using Mesh.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>
/// The one connection that writes: callers take turns, each in one transaction. After a failure it is closed and opened anew by the next
/// turn, so that a database that was locked, full or away is used again without a restart. Thread-safe.
/// </summary>
internal sealed class SqliteWriter(SqliteFile file) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private SqliteWrites? _writes;
    private bool _closed;

    /// <summary>Called before each COMMIT: where a test lets a commit fail or wait.</summary>
    public Action? Committing { get; set; }

    /// <summary>Runs work in a transaction. It ends at once, on the caller's thread, unless another turn is taken.</summary>
    /// <exception cref="StorageUnavailableException">Nothing was written.</exception>
    /// <exception cref="CommitOutcomeUnknownException">COMMIT failed in a way that may have kept the transaction.</exception>
    public async ValueTask<T> RunAsync<TState, T>(TState state, Func<SqliteWrites, TState, T> work, CancellationToken cancel = default)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return Run(state, work);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _closed = true;
        Close();
        _turn.Release();
    }

    private T Run<TState, T>(TState state, Func<SqliteWrites, TState, T> work)
    {
        var committing = false;
        try
        {
            if (file.IsGone) throw file.Gone();
            var writes = _writes ??= new SqliteWrites(SqliteSession.OpenWriter(file));
            writes.Begin();
            var result = work(writes, state);
            committing = true;
            Committing?.Invoke();
            writes.Commit();
            return file.IsGone ? throw file.Gone() : result;
        }
        catch (Exception failure)
        {
            Close();
            if (failure is SqliteException { } refusal)
            {
                var explained = file.Explain(refusal);
                throw committing && SqliteFile.MayHaveCommitted(refusal) ? new CommitOutcomeUnknownException(explained.Message, refusal) : explained;
            }

            if (committing) throw new CommitOutcomeUnknownException(failure.Message, failure);
            throw;
        }
    }

    private void Close()
    {
        _writes?.Dispose();
        _writes = null;
    }
}
