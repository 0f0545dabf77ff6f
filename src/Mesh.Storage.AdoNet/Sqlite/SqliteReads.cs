using Mesh.Engine.Storage;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>What one connection reads. Not thread-safe.</summary>
internal sealed class SqliteReads(SqliteSession session) : IDisposable
{
    private readonly SqliteStatement _batches = session.Prepare("read_batches", "$stream", "$from", "$through");
    private readonly SqliteStatement _backwards = session.Prepare("read_batches_backwards", "$stream", "$from", "$through");
    private readonly SqliteStatement _places = session.Prepare("read_places", "$stream", "$from", "$limit");
    private readonly SqliteStatement _find = session.Prepare("find_entry", "$project", "$kind", "$name");
    private readonly SqliteStatement _list = session.Prepare("list_entries", "$project", "$kind", "$after", "$limit");
    private readonly SqliteStatement _stored = session.Prepare("list_stored", "$after", "$limit");
    private readonly SqliteStatement _count = session.Prepare("count_entries", "$project", "$kind");
    private readonly SqlitePlaces _place = new(session);

    public StoredPage Read(StreamNumber stream, Sequence from, Sequence through, int bytesMax, bool backwards)
    {
        var page = new StoredPageBuilder(bytesMax);
        using var rows = (backwards ? _backwards : _batches).Query(stream.Value, from.Value, through.Value);
        var more = rows.Read();
        for (; more && !page.IsFull; more = rows.Read())
            page.Add(new Sequence(rows.GetInt64(0)), rows.GetInt32(1), new RecordTime(rows.GetInt64(2)), rows.GetFieldValue<byte[]>(3));
        return page.Build(exhausted: !more);
    }

    public List<BatchPlace> Places(StreamNumber stream, Sequence from, int limit)
    {
        var places = new List<BatchPlace>();
        using var rows = _places.Query(stream.Value, from.Value, (long)limit);
        while (rows.Read()) places.Add(StoredRows.PlaceOf(rows, 0));
        return places;
    }

    /// <summary>The last batch that does not begin after what is looked for. Searches the key: there is no second index, see the first migration.</summary>
    public BatchPlace? Find(StreamNumber stream, Predicate<BatchPlace> beginsAfter)
    {
        if (_place.After(stream, Sequence.None) is not { } low || beginsAfter(low)) return null;
        if (_place.At(stream, Sequence.Max) is not { } high) return null;
        if (!beginsAfter(high)) return high;
        while (true)
        {
            var middle = new Sequence(low.First.Value + ((high.First.Value - low.First.Value) / 2));
            var probe = _place.At(stream, middle) is { } at && at.First > low.First ? at : _place.After(stream, middle);
            if (probe is not { } found || found.First >= high.First) return low;
            if (beginsAfter(found)) high = found;
            else low = found;
        }
    }

    public StreamEntry? FindEntry(StreamName name)
    {
        using var rows = _find.Query(StoredForm.OfName(name.Project), (long)name.Kind, StoredForm.OfName(name.Name));
        return rows.Read() ? StoredRows.EntryOf(rows, name.Project, name.Kind) : null;
    }

    public List<StreamEntry> ListEntries(string project, StreamKind kind, string after, int limit)
    {
        var entries = new List<StreamEntry>();
        using var rows = _list.Query(StoredForm.OfName(project), (long)kind, StoredForm.OfName(after), (long)limit);
        while (rows.Read()) entries.Add(StoredRows.EntryOf(rows, project, kind));
        return entries;
    }

    public List<StoredStream> ListStored(StreamNumber after, int limit)
    {
        var streams = new List<StoredStream>();
        using var rows = _stored.Query(after.Value, (long)limit);
        while (rows.Read()) streams.Add(StoredRows.StoredOf(rows));
        return streams;
    }

    public long CountEntries(string project, StreamKind kind) => _count.Number(StoredForm.OfName(project), (long)kind) ?? 0;

    public void Dispose() => session.Dispose();
}
