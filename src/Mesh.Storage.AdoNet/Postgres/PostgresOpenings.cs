using Mesh.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>Takes ownership of many streams in one transaction of two round trips.</summary>
internal static class PostgresOpenings
{
    private static readonly string Create = PostgresCommands.Text("create_streams");
    private static readonly string Raise = PostgresCommands.Text("raise_tokens");
    private static readonly string States = PostgresCommands.Text("read_states");
    private static readonly string Journals = PostgresCommands.Text("read_journals");

    public static async Task<IReadOnlyList<OpenedStream?>> OpenAsync(
        NpgsqlConnection connection, IReadOnlyList<OpenRequest> requests, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var opened = await RaiseAsync(connection, requests, cancel);
        var found = new List<int>(opened.Length);
        for (var i = 0; i < opened.Length; i++)
        {
            if (opened[i] is not null) found.Add(i);
        }

        if (found.Count > 0) await LoadAsync(connection, opened, found, cancel);
        await transaction.CommitAsync(cancel);
        return opened;
    }

    private static async Task<OpenedStream?[]> RaiseAsync(
        NpgsqlConnection connection, IReadOnlyList<OpenRequest> requests, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        var seeds = requests.Where(request => request.Create is not null).ToList();
        batch.Add(
            Create,
            Projects(seeds), Kinds(seeds), Names(seeds),
            seeds.ConvertAll(seed => seed.Create!.Options.ToJson()),
            Many(NpgsqlDbType.Bytea, seeds.ConvertAll(seed => seed.Create!.Metadata.ToArray())),
            seeds.ConvertAll(seed => seed.Create!.Created.Micros),
            Many(NpgsqlDbType.Bigint, seeds.ConvertAll(seed => seed.Create!.Number?.Value)));
        batch.Add(Raise, Projects(requests), Kinds(requests), Names(requests));
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        var created = new HashSet<long>();
        while (await rows.ReadAsync(cancel)) created.Add(rows.GetInt64(0));
        await rows.NextResultAsync(cancel);
        var opened = new OpenedStream?[requests.Count];
        while (await rows.ReadAsync(cancel))
        {
            var index = (int)rows.GetInt64(0) - 1;
            opened[index] = StoredRows.RaisedOf(rows, 1, requests[index].Name) with { IsNew = created.Contains(rows.GetInt64(1)) };
        }

        for (var i = 0; i < opened.Length; i++)
        {
            if (opened[i] is null && requests[i].Create is not null)
                throw new StorageUnavailableException($"Stream {requests[i].Name} was deleted while it was opened. Ask again.");
        }

        return opened;
    }

    private static async Task LoadAsync(NpgsqlConnection connection, OpenedStream?[] opened, List<int> found, CancellationToken cancel)
    {
        var numbers = found.ConvertAll(index => opened[index]!.Entry.Number.Value);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(States, numbers);
        batch.Add(Journals, numbers);
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        foreach (var index in found)
        {
            await rows.ReadAsync(cancel);
            opened[index] = opened[index]!.WithState(rows) with { Journal = new List<JournalEntry>() };
        }

        await rows.NextResultAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            var stream = opened[found[(int)rows.GetInt64(0) - 1]]!;
            ((List<JournalEntry>)stream.Journal).Add(new JournalEntry(rows.GetInt64(1), rows.GetFieldValue<byte[]>(2)));
        }
    }

    private static NpgsqlParameter Projects(IEnumerable<OpenRequest> requests) =>
        Many(NpgsqlDbType.Bytea, requests.Select(request => StoredForm.OfName(request.Name.Project)).ToArray());

    private static NpgsqlParameter Kinds(IEnumerable<OpenRequest> requests) =>
        Many(NpgsqlDbType.Smallint, requests.Select(request => (short)request.Name.Kind).ToArray());

    private static NpgsqlParameter Names(IEnumerable<OpenRequest> requests) =>
        Many(NpgsqlDbType.Bytea, requests.Select(request => StoredForm.OfName(request.Name.Name)).ToArray());

    private static NpgsqlParameter Many(NpgsqlDbType type, object values) => PostgresCommands.Typed(NpgsqlDbType.Array | type, values);
}
