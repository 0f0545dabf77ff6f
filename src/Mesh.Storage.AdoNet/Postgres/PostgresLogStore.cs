using Mesh.Engine.Storage;
using NpgsqlTypes;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>
/// Keeps streams in one PostgreSQL database (15 or later), in its schema <c>mesh</c>. A commit of many streams is one round trip.
/// Connections are pooled; after a failure the next call makes new ones. Thread-safe.
/// </summary>
/// <param name="connectionText">Made by <see cref="PostgresConnectionText.Parse"/>.</param>
public sealed class PostgresLogStore(string connectionText) : ILogStore
{
    /// <summary>Rows that one step of <see cref="ReclaimAsync"/> removes.</summary>
    private const int ReclaimRows = 1000;

    private static readonly string Batches = PostgresCommands.Text("read_batches");
    private static readonly string BatchesBackwards = PostgresCommands.Text("read_batches_backwards");
    private static readonly string Places = PostgresCommands.Text("read_places");
    private static readonly string Place = PostgresCommands.Text("find_place");
    private static readonly string FindEntry = PostgresCommands.Text("find_entry");
    private static readonly string ListEntries = PostgresCommands.Text("list_entries");
    private static readonly string ListStored = PostgresCommands.Text("list_stored");
    private static readonly string CountEntries = PostgresCommands.Text("count_entries");
    private static readonly string UpdateEntry = PostgresCommands.Text("update_entry");
    private static readonly string DeleteStream = PostgresCommands.Text("delete_stream");
    private static readonly string Reclaim = PostgresCommands.Text("reclaim");

    private readonly PostgresDatabase _database = new(connectionText);

    public async ValueTask MigrateAsync(CancellationToken cancel = default) =>
        await _database.RunAsync(_database, static (connection, database, cancel) => PostgresMigrator.MigrateAsync(connection, database, cancel), cancel);

    public ValueTask<IReadOnlyList<OpenedStream?>> OpenAsync(IReadOnlyList<OpenRequest> requests, CancellationToken cancel = default)
    {
        foreach (var request in requests) StorageLimits.CheckName(request.Name);
        return _database.RunAsync(requests, static (connection, requests, cancel) => PostgresOpenings.OpenAsync(connection, requests, cancel), cancel);
    }

    public async ValueTask<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<StreamCommit> commits)
    {
        var outcomes = new CommitOutcome[commits.Count];
        if (outcomes.Length == 0) return outcomes;
        var writing = new PostgresCommits(commits.Count);
        for (var i = 0; i < commits.Count; i++) writing.Add(commits[i]);
        await using var connection = await _database.ConnectAsync(CancellationToken.None);
        try
        {
            var others = await writing.RunAsync(connection, new TrimAllowance(commits));
            if (others.Count == 0) return outcomes;
            for (var i = 0; i < outcomes.Length; i++) outcomes[i] = others.GetValueOrDefault(commits[i].Stream.Value);
            return outcomes;
        }
        catch (Exception failure) when (PostgresDatabase.IsOurs(failure))
        {
            var explained = _database.Explain(failure);
            throw PostgresDatabase.IsRefusal(failure) ? explained : new CommitOutcomeUnknownException(explained.Message, failure);
        }
    }

    public ValueTask<StoredPage> ReadAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default) =>
        PageAsync(Batches, stream, from, through, bytesMax, cancel);

    public ValueTask<StoredPage> ReadBackwardsAsync(
        StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default) =>
        PageAsync(BatchesBackwards, stream, from, through, bytesMax, cancel);

    public ValueTask<IReadOnlyList<BatchPlace>> PlacesAsync(StreamNumber stream, Sequence from, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckPlaces(limit);
        return _database.RunAsync<(StreamNumber, Sequence, int), IReadOnlyList<BatchPlace>>((stream, from, limit), static async (connection, asked, cancel) =>
        {
            await using var command = connection.Command(Places, asked.Item1.Value, asked.Item2.Value, asked.Item3);
            await using var rows = await command.ExecuteReaderAsync(cancel);
            var places = new List<BatchPlace>();
            while (await rows.ReadAsync(cancel)) places.Add(StoredRows.PlaceOf(rows, 0));
            return places;
        }, cancel);
    }

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RecordTime time, CancellationToken cancel = default) =>
        FindAsync(stream, time.Micros, id: null, cancel);

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RingId id, CancellationToken cancel = default) =>
        FindAsync(stream, time: null, StoredForm.OfId(id), cancel);

    public ValueTask<StreamEntry?> FindEntryAsync(StreamName name, CancellationToken cancel = default) =>
        _database.RunAsync(name, static async (connection, name, cancel) =>
        {
            await using var command = connection.Command(FindEntry, StoredForm.OfName(name.Project), (short)name.Kind, StoredForm.OfName(name.Name));
            await using var rows = await command.ExecuteReaderAsync(cancel);
            return await rows.ReadAsync(cancel) ? StoredRows.EntryOf(rows, name.Project, name.Kind) : null;
        }, cancel);

    public ValueTask<IReadOnlyList<StreamEntry>> ListEntriesAsync(
        string project, StreamKind kind, string after, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckEntries(limit);
        return _database.RunAsync<(string, StreamKind, string, int), IReadOnlyList<StreamEntry>>(
            (project, kind, after, limit), static async (connection, asked, cancel) =>
        {
            var (project, kind, after, limit) = asked;
            await using var command = connection.Command(ListEntries, StoredForm.OfName(project), (short)kind, StoredForm.OfName(after), limit);
            await using var rows = await command.ExecuteReaderAsync(cancel);
            var entries = new List<StreamEntry>();
            while (await rows.ReadAsync(cancel)) entries.Add(StoredRows.EntryOf(rows, project, kind));
            return entries;
        }, cancel);
    }

    public ValueTask<long> CountEntriesAsync(string project, StreamKind kind, CancellationToken cancel = default) =>
        _database.RunAsync((project, kind), static async (connection, asked, cancel) =>
        {
            await using var command = connection.Command(CountEntries, StoredForm.OfName(asked.project), (short)asked.kind);
            return (long)(await command.ExecuteScalarAsync(cancel))!;
        }, cancel);

    public ValueTask<IReadOnlyList<StoredStream>> ListStoredAsync(StreamNumber after, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckEntries(limit);
        return _database.RunAsync<(StreamNumber, int), IReadOnlyList<StoredStream>>((after, limit), static async (connection, asked, cancel) =>
        {
            await using var command = connection.Command(ListStored, asked.Item1.Value, asked.Item2);
            await using var rows = await command.ExecuteReaderAsync(cancel);
            var streams = new List<StoredStream>();
            while (await rows.ReadAsync(cancel)) streams.Add(StoredRows.StoredOf(rows));
            return streams;
        }, cancel);
    }

    public ValueTask<bool> UpdateEntryAsync(
        StreamNumber stream, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) =>
        _database.RunAsync((stream, options, metadata), static async (connection, asked, cancel) =>
        {
            await using var command = connection.Command(UpdateEntry, asked.stream.Value, asked.options.ToJson(), asked.metadata.ToArray());
            return await command.ExecuteNonQueryAsync(cancel) > 0;
        }, cancel);

    public ValueTask<StreamNumber?> DeleteAsync(StreamName name, StreamNumber? only = null, CancellationToken cancel = default) =>
        _database.RunAsync((name, only), static async (connection, asked, cancel) =>
        {
            await using var command = connection.Command(
                DeleteStream,
                StoredForm.OfName(asked.name.Project),
                (short)asked.name.Kind,
                StoredForm.OfName(asked.name.Name),
                PostgresCommands.Typed(NpgsqlDbType.Bigint, asked.only?.Value));
            return await command.ExecuteScalarAsync(cancel) is long number ? new StreamNumber(number) : (StreamNumber?)null;
        }, cancel);

    public ValueTask<bool> ReclaimAsync(CancellationToken cancel = default) =>
        _database.RunAsync(0, static async (connection, _, cancel) =>
        {
            await using var command = connection.Command(Reclaim, ReclaimRows);
            return (bool)(await command.ExecuteScalarAsync(cancel))!;
        }, cancel);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private ValueTask<StoredPage> PageAsync(
        string sql, StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel) =>
        _database.RunAsync((sql, stream, from, through, bytesMax), static async (connection, asked, cancel) =>
        {
            await using var command = connection.Command(asked.sql, asked.stream.Value, asked.from.Value, asked.through.Value, (long)asked.bytesMax);
            await using var rows = await command.ExecuteReaderAsync(cancel);
            var page = new StoredPageBuilder(asked.bytesMax);
            var more = false;
            while (await rows.ReadAsync(cancel))
            {
                page.Add(new Sequence(rows.GetInt64(0)), rows.GetInt32(1), new RecordTime(rows.GetInt64(2)), rows.GetFieldValue<byte[]>(3));
                more = rows.GetBoolean(4);
            }

            return page.Build(exhausted: !more);
        }, cancel);

    private ValueTask<BatchPlace?> FindAsync(StreamNumber stream, long? time, byte[]? id, CancellationToken cancel) =>
        _database.RunAsync((stream, time, id), static async (connection, asked, cancel) =>
        {
            await using var command = connection.Command(
                Place,
                asked.stream.Value,
                PostgresCommands.Typed(NpgsqlDbType.Bigint, asked.time),
                PostgresCommands.Typed(NpgsqlDbType.Bytea, asked.id));
            await using var rows = await command.ExecuteReaderAsync(cancel);
            return await rows.ReadAsync(cancel) ? StoredRows.PlaceOf(rows, 0) : (BatchPlace?)null;
        }, cancel);
}
