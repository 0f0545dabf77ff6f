using System.Runtime.InteropServices;

namespace Mesh.Engine.Storage;

/// <summary>What <see cref="MemoryLogStore"/> holds of one stream. Not thread-safe: the store's lock guards it.</summary>
internal sealed class MemoryStreamRows(StreamEntry entry)
{
    // Rows before _head are gone: a list that is trimmed with every commit must not move all its rows each time.
    private readonly List<BatchRow> _batches = [];
    private readonly List<JournalEntry> _journal = [];
    private int _head;
    private FencingToken _token = new(0);
    private TrimRow _trim = new(Sequence.First, Sequence.First, RecordTime.None);
    private SnapshotRow? _snapshot;

    public StreamEntry Entry { get; set; } = entry;

    public ReadOnlySpan<BatchRow> Batches => CollectionsMarshal.AsSpan(_batches)[_head..];

    public StoredStream Stored => new(Entry.Number, Entry.Name, Entry.Options, _trim.LowWatermark, Batches.IsEmpty ? null : Batches[0].Place);

    public OpenedStream Open(bool isNew)
    {
        _token = new FencingToken(_token.Value + 1);
        var batches = Batches;
        BatchPlace? last = batches.IsEmpty ? null : batches[^1].Place;
        return new OpenedStream
        {
            Entry = Entry,
            Token = _token,
            IsNew = isNew,
            LowWatermark = _trim.LowWatermark,
            Next = last?.Last.Next() ?? _trim.Next,
            LastTime = last?.LastTime ?? _trim.LastTime,
            FirstBatch = batches.IsEmpty ? null : batches[0].Place,
            LastBatch = last,
            Snapshot = _snapshot?.Bytes,
            SnapshotThrough = _snapshot?.Through ?? 0,
            Journal = [.. _journal],
        };
    }

    public CommitOutcome Commit(StreamCommit commit, ref TrimAllowance trims)
    {
        if (commit.Token != _token || IsStored(commit)) return CommitOutcome.Fenced;
        _batches.AddRange(commit.Batches);
        if (commit.Journal is { } entry) _journal.Add(entry);
        if (commit.Snapshot is { } snapshot)
        {
            _snapshot = snapshot;
            _journal.RemoveAll(row => row.Number <= snapshot.Through);
        }

        return commit.Trim is not { } trim || Trim(trim, ref trims) ? CommitOutcome.Committed : CommitOutcome.TrimUnfinished;
    }

    /// <summary>Index in <see cref="Batches"/> of the last one that begins at or before <paramref name="sequence"/>; -1 when all begin later.</summary>
    public int FloorOf(Sequence sequence) => Floor(sequence, static (place, wanted) => place.First <= wanted);

    /// <inheritdoc cref="FloorOf(Sequence)"/>
    public int FloorOf(RecordTime time) => Floor(time, static (place, wanted) => place.FirstTime <= wanted);

    /// <inheritdoc cref="FloorOf(Sequence)"/>
    public int FloorOf(RingId id) => Floor(id, static (place, wanted) => place.FirstId is { } first && first <= wanted);

    /// <summary>Index of the batch that holds the sequence, or of the first after it; the count when there is none.</summary>
    public int HolderOrNextOf(Sequence sequence)
    {
        var floor = FloorOf(sequence);
        return floor >= 0 && Batches[floor].Place.Last >= sequence ? floor : floor + 1;
    }

    private int Floor<T>(T wanted, Func<BatchPlace, T, bool> notAfter)
    {
        var (low, high) = (0, Batches.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (notAfter(Batches[middle].Place, wanted)) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    private bool IsStored(StreamCommit commit)
    {
        foreach (var row in commit.Batches)
        {
            var floor = FloorOf(row.Place.First);
            if (floor >= 0 && Batches[floor].Place.First == row.Place.First) return true;
        }

        return commit.Journal is { } entry && _journal.Exists(row => row.Number == entry.Number);
    }

    /// <returns>False when the transaction may delete no more, and more is to be deleted.</returns>
    private bool Trim(TrimRow trim, ref TrimAllowance allowance)
    {
        _trim = trim;
        while (IsBelow(trim) && !allowance.IsUsedUp)
        {
            allowance.Use(1, _batches[_head].Bytes.Length);
            _batches[_head++] = default;
        }

        if (_head >= 64 && _head >= _batches.Count / 2)
        {
            _batches.RemoveRange(0, _head);
            _head = 0;
        }

        return !IsBelow(trim);
    }

    private bool IsBelow(TrimRow trim) => _head < _batches.Count && _batches[_head].Place.Last < trim.LowWatermark;
}
