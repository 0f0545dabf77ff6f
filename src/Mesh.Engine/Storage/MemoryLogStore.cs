namespace Mesh.Engine.Storage;

/// <summary>
/// Keeps streams in memory, as long as the object lives: for tests, and where nothing is to outlive the process. Calls end at once and
/// never fail. Disposing of it frees nothing, so that a test can start a second host on what the first one left.
/// </summary>
public sealed class MemoryLogStore : ILogStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StreamName, MemoryStreamRows> _byName = [];
    private readonly Dictionary<StreamNumber, MemoryStreamRows> _byNumber = [];
    private readonly Dictionary<(string Project, StreamKind Kind), SortedSet<string>> _catalogue = [];
    private long _lastNumber;

    public ValueTask MigrateAsync(CancellationToken cancel = default) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<OpenedStream?>> OpenAsync(IReadOnlyList<OpenRequest> requests, CancellationToken cancel = default)
    {
        var opened = new OpenedStream?[requests.Count];
        lock (_lock)
        {
            for (var i = 0; i < opened.Length; i++) opened[i] = Open(requests[i]);
        }

        return ValueTask.FromResult<IReadOnlyList<OpenedStream?>>(opened);
    }

    public ValueTask<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<StreamCommit> commits)
    {
        var outcomes = new CommitOutcome[commits.Count];
        var trims = new TrimAllowance(commits);
        lock (_lock)
        {
            for (var i = 0; i < outcomes.Length; i++)
                outcomes[i] = _byNumber.TryGetValue(commits[i].Stream, out var rows) ? rows.Commit(commits[i], ref trims) : CommitOutcome.Fenced;
        }

        return ValueTask.FromResult<IReadOnlyList<CommitOutcome>>(outcomes);
    }

    public ValueTask<StoredPage> ReadAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default)
    {
        var page = new StoredPageBuilder(bytesMax);
        lock (_lock)
        {
            if (!_byNumber.TryGetValue(stream, out var rows)) return ValueTask.FromResult(page.Build(exhausted: true));
            var batches = rows.Batches;
            var at = rows.HolderOrNextOf(from);
            for (; at < batches.Length && batches[at].Place.First <= through && !page.IsFull; at++) Add(page, batches[at]);
            return ValueTask.FromResult(page.Build(at >= batches.Length || batches[at].Place.First > through));
        }
    }

    public ValueTask<StoredPage> ReadBackwardsAsync(
        StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default)
    {
        var page = new StoredPageBuilder(bytesMax);
        lock (_lock)
        {
            if (!_byNumber.TryGetValue(stream, out var rows)) return ValueTask.FromResult(page.Build(exhausted: true));
            var batches = rows.Batches;
            var at = rows.FloorOf(from);
            for (; at >= 0 && batches[at].Place.Last >= through && !page.IsFull; at--) Add(page, batches[at]);
            return ValueTask.FromResult(page.Build(at < 0 || batches[at].Place.Last < through));
        }
    }

    public ValueTask<IReadOnlyList<BatchPlace>> PlacesAsync(StreamNumber stream, Sequence from, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckPlaces(limit);
        var places = new List<BatchPlace>();
        lock (_lock)
        {
            if (_byNumber.TryGetValue(stream, out var rows))
            {
                var batches = rows.Batches;
                for (var at = rows.HolderOrNextOf(from); at < batches.Length && places.Count < limit; at++) places.Add(batches[at].Place);
            }
        }

        return ValueTask.FromResult<IReadOnlyList<BatchPlace>>(places);
    }

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RecordTime time, CancellationToken cancel = default)
    {
        lock (_lock) return ValueTask.FromResult(_byNumber.TryGetValue(stream, out var rows) ? PlaceAt(rows, rows.FloorOf(time)) : null);
    }

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RingId id, CancellationToken cancel = default)
    {
        lock (_lock) return ValueTask.FromResult(_byNumber.TryGetValue(stream, out var rows) ? PlaceAt(rows, rows.FloorOf(id)) : null);
    }

    public ValueTask<StreamEntry?> FindEntryAsync(StreamName name, CancellationToken cancel = default)
    {
        lock (_lock) return ValueTask.FromResult(_byName.TryGetValue(name, out var rows) ? rows.Entry : null);
    }

    public ValueTask<IReadOnlyList<StreamEntry>> ListEntriesAsync(
        string project, StreamKind kind, string after, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckEntries(limit);
        var entries = new List<StreamEntry>();
        lock (_lock)
        {
            if (_catalogue.TryGetValue((project, kind), out var names) && names.Count > 0 && NameOrder.Instance.Compare(after, names.Max) < 0)
            {
                foreach (var name in names.GetViewBetween(after, names.Max))
                {
                    if (entries.Count == limit) break;
                    if (name != after) entries.Add(_byName[new StreamName(project, kind, name)].Entry);
                }
            }
        }

        return ValueTask.FromResult<IReadOnlyList<StreamEntry>>(entries);
    }

    public ValueTask<long> CountEntriesAsync(string project, StreamKind kind, CancellationToken cancel = default)
    {
        lock (_lock) return ValueTask.FromResult(_catalogue.TryGetValue((project, kind), out var names) ? names.Count : 0L);
    }

    public ValueTask<IReadOnlyList<StoredStream>> ListStoredAsync(StreamNumber after, int limit, CancellationToken cancel = default)
    {
        StorageLimits.CheckEntries(limit);
        lock (_lock)
        {
            var streams = new List<StoredStream>();
            for (var number = after.Value + 1; number <= _lastNumber && streams.Count < limit; number++)
                if (_byNumber.TryGetValue(new StreamNumber(number), out var rows)) streams.Add(rows.Stored);
            return ValueTask.FromResult<IReadOnlyList<StoredStream>>(streams);
        }
    }

    public ValueTask<bool> UpdateEntryAsync(
        StreamNumber stream, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default)
    {
        lock (_lock)
        {
            var found = _byNumber.TryGetValue(stream, out var rows);
            if (found) rows!.Entry = rows.Entry with { Options = options, Metadata = metadata.ToArray() };
            return ValueTask.FromResult(found);
        }
    }

    public ValueTask<StreamNumber?> DeleteAsync(StreamName name, StreamNumber? only = null, CancellationToken cancel = default)
    {
        lock (_lock)
        {
            if (!_byName.TryGetValue(name, out var rows) || (only ?? rows.Entry.Number) != rows.Entry.Number) return ValueTask.FromResult<StreamNumber?>(null);
            _byName.Remove(name);
            _byNumber.Remove(rows.Entry.Number);
            _catalogue[(name.Project, name.Kind)].Remove(name.Name);
            return ValueTask.FromResult<StreamNumber?>(rows.Entry.Number);
        }
    }

    /// <summary>Nothing is ever left behind here.</summary>
    public ValueTask<bool> ReclaimAsync(CancellationToken cancel = default) => ValueTask.FromResult(false);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Add(StoredPageBuilder page, in BatchRow row) =>
        page.Add(row.Place.First, row.Place.Count, row.Place.FirstTime, row.Bytes);

    private static BatchPlace? PlaceAt(MemoryStreamRows rows, int at) => at < 0 ? null : rows.Batches[at].Place;

    private OpenedStream? Open(OpenRequest request)
    {
        if (_byName.TryGetValue(request.Name, out var rows)) return rows.Open(isNew: false);
        if (request.Create is not { } seed) return null;
        StorageLimits.CheckName(request.Name);
        var entry = new StreamEntry(request.Name, seed.Number ?? new StreamNumber(_lastNumber + 1), seed.Options, seed.Metadata.ToArray(), seed.Created);
        _lastNumber = Math.Max(_lastNumber, entry.Number.Value);
        rows = new MemoryStreamRows(entry);
        _byName.Add(request.Name, rows);
        _byNumber.Add(entry.Number, rows);
        var key = (request.Name.Project, request.Name.Kind);
        if (!_catalogue.TryGetValue(key, out var names)) _catalogue.Add(key, names = new SortedSet<string>(NameOrder.Instance));
        names.Add(request.Name.Name);
        return rows.Open(isNew: true);
    }
}
