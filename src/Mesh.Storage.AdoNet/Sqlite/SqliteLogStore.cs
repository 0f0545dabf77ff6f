using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>
/// Keeps streams in one SQLite file. One connection does all writes and all checkpoints, a few others only read; calls end at once, on the
/// caller's thread, unless they wait for their turn. Two processes on one file are kept apart by the fencing tokens alone. Thread-safe.
/// </summary>
public sealed class SqliteLogStore : ILogStore
{
    private readonly SqliteFile _file;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    /// <param name="path">The database; it and its folders are made if they are missing.</param>
    public SqliteLogStore(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _file = new SqliteFile(path);
        _writer = new SqliteWriter(_file);
        _readers = new SqliteReaders(_file);
    }

    /// <inheritdoc cref="SqliteWriter.Committing"/>
    internal Action? Committing
    {
        set => _writer.Committing = value;
    }

    /// <inheritdoc cref="SqliteFile.WriterSettings"/>
    internal string WriterSettings
    {
        set => _file.WriterSettings = value;
    }

    /// <inheritdoc cref="SqliteFile.LockedMax"/>
    internal TimeSpan LockedMax
    {
        set => _file.LockedMax = value;
    }

    public async ValueTask MigrateAsync(CancellationToken cancel = default)
    {
        _file.CreateFolder();
        await WriteAsync(_file, static (writes, file) => SqliteMigrator.Migrate(writes.Session, file), cancel);
        _file.MarkExisting();
    }

    public ValueTask<IReadOnlyList<OpenedStream?>> OpenAsync(IReadOnlyList<OpenRequest> requests, CancellationToken cancel = default)
    {
        foreach (var request in requests) StorageLimits.CheckName(request.Name);
        return WriteAsync<IReadOnlyList<OpenRequest>, IReadOnlyList<OpenedStream?>>(requests, static (writes, requests) =>
        {
            var opened = new OpenedStream?[requests.Count];
            for (var i = 0; i < opened.Length; i++) opened[i] = writes.Openings.Open(requests[i]);
            return opened;
        }, cancel);
    }

    public ValueTask<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<StreamCommit> commits) =>
        _writer.RunAsync<IReadOnlyList<StreamCommit>, IReadOnlyList<CommitOutcome>>(commits, static (writes, commits) =>
        {
            var outcomes = new CommitOutcome[commits.Count];
            var trims = new TrimAllowance(commits);
            for (var i = 0; i < outcomes.Length; i++) outcomes[i] = writes.Commits.Write(commits[i], ref trims);
            return outcomes;
        });

    public ValueTask<StoredPage> ReadAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default) =>
        _readers.RunAsync((stream, from, through, bytesMax), static (reads, asked) =>
            reads.Read(asked.stream, asked.from, asked.through, asked.bytesMax, backwards: false), cancel);

    public ValueTask<StoredPage> ReadBackwardsAsync(
        StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default) =>
        _readers.RunAsync((stream, from, through, bytesMax), static (reads, asked) =>
            reads.Read(asked.stream, asked.from, asked.through, asked.bytesMax, backwards: true), cancel);

    public ValueTask<IReadOnlyList<BatchPlace>> PlacesAsync(StreamNumber stream, Sequence from, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckPlaces(limit);
        return _readers.RunAsync<(StreamNumber, Sequence, int), IReadOnlyList<BatchPlace>>(
            (stream, from, limit), static (reads, asked) => reads.Places(asked.Item1, asked.Item2, asked.Item3), cancel);
    }

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RecordTime time, CancellationToken cancel = default) =>
        _readers.RunAsync((stream, time), static (reads, asked) => reads.Find(asked.stream, place => place.FirstTime > asked.time), cancel);

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RingId id, CancellationToken cancel = default) =>
        _readers.RunAsync((stream, id), static (reads, asked) =>
            reads.Find(asked.stream, place => place.FirstId is not { } first || first > asked.id), cancel);

    public ValueTask<StreamEntry?> FindEntryAsync(StreamName name, CancellationToken cancel = default) =>
        _readers.RunAsync(name, static (reads, name) => reads.FindEntry(name), cancel);

    public ValueTask<IReadOnlyList<StreamEntry>> ListEntriesAsync(
        string project, StreamKind kind, string after, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckEntries(limit);
        return _readers.RunAsync<(string, StreamKind, string, int), IReadOnlyList<StreamEntry>>(
            (project, kind, after, limit), static (reads, asked) => reads.ListEntries(asked.Item1, asked.Item2, asked.Item3, asked.Item4), cancel);
    }

    public ValueTask<long> CountEntriesAsync(string project, StreamKind kind, CancellationToken cancel = default) =>
        _readers.RunAsync((project, kind), static (reads, asked) => reads.CountEntries(asked.project, asked.kind), cancel);

    public ValueTask<IReadOnlyList<StoredStream>> ListStoredAsync(StreamNumber after, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckEntries(limit);
        return _readers.RunAsync<(StreamNumber, int), IReadOnlyList<StoredStream>>(
            (after, limit), static (reads, asked) => reads.ListStored(asked.Item1, asked.Item2), cancel);
    }

    public ValueTask<bool> UpdateEntryAsync(
        StreamNumber stream, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) =>
        WriteAsync((stream, options, metadata), static (writes, asked) => writes.Update(asked.stream, asked.options, asked.metadata), cancel);

    public ValueTask<StreamNumber?> DeleteAsync(StreamName name, StreamNumber? only = null, CancellationToken cancel = default) =>
        WriteAsync((name, only), static (writes, asked) => writes.Delete(asked.name, asked.only), cancel);

    public ValueTask<bool> ReclaimAsync(CancellationToken cancel = default) => WriteAsync(0, static (writes, _) => writes.Reclaim(), cancel);

    /// <summary>Waits for calls under way. The readers close first: the last connection that closes makes the last checkpoint.</summary>
    public async ValueTask DisposeAsync()
    {
        await _readers.DisposeAsync();
        await _writer.DisposeAsync();
    }

    /// <summary>Writes where the caller need not tell a lost outcome from a failure: it asks again either way.</summary>
    private async ValueTask<T> WriteAsync<TState, T>(TState state, Func<SqliteWrites, TState, T> work, CancellationToken cancel)
    {
        try
        {
            return await _writer.RunAsync(state, work, cancel);
        }
        catch (CommitOutcomeUnknownException unknown)
        {
            throw new StorageUnavailableException(unknown.Message, unknown);
        }
    }
}
