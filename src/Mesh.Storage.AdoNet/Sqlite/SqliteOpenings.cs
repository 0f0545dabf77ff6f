using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>Takes ownership of one stream within a transaction. Not thread-safe.</summary>
internal sealed class SqliteOpenings(SqliteSession session)
{
    private readonly SqliteStatement _raise = session.Prepare("raise_token", "$project", "$kind", "$name");
    private readonly SqliteStatement _create =
        session.Prepare("create_stream", "$project", "$kind", "$name", "$options", "$metadata", "$created", "$number");

    private readonly SqliteStatement _state = session.Prepare("read_state", "$stream");
    private readonly SqliteStatement _journal = session.Prepare("read_journal", "$stream");

    public OpenedStream? Open(OpenRequest request)
    {
        if (Raise(request.Name) is { } opened) return Load(opened);
        return request.Create is { } seed ? Create(request.Name, seed) : null;
    }

    private OpenedStream? Raise(StreamName name)
    {
        using var row = _raise.Query(StoredForm.OfName(name.Project), (long)name.Kind, StoredForm.OfName(name.Name));
        return row.Read() ? StoredRows.RaisedOf(row, 0, name) : null;
    }

    private OpenedStream Load(OpenedStream opened)
    {
        var stream = opened.Entry.Number;
        bool hasJournal;
        using (var row = _state.Query(stream.Value))
        {
            row.Read();
            opened = opened.WithState(row);
            hasJournal = row.GetBoolean(14);
        }

        return hasJournal ? opened with { Journal = Journal(stream) } : opened;
    }

    private OpenedStream Create(StreamName name, StreamSeed seed)
    {
        _create.Number(
            StoredForm.OfName(name.Project),
            (long)name.Kind,
            StoredForm.OfName(name.Name),
            seed.Options.ToJson(),
            seed.Metadata.ToArray(),
            seed.Created.Micros,
            seed.Number is { } number ? number.Value : DBNull.Value);
        return Raise(name)! with { IsNew = true };
    }

    private List<JournalEntry> Journal(StreamNumber stream)
    {
        var entries = new List<JournalEntry>();
        using var rows = _journal.Query(stream.Value);
        while (rows.Read()) entries.Add(new JournalEntry(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)));
        return entries;
    }
}
