using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>
/// The order of one stream: gives each record its sequence, time and id, joins what waits into batches, and holds the newest of them.
/// Not thread-safe: the owning actor runs one turn at a time.
/// </summary>
internal sealed class SequencedLog
{
    /// <summary>Bytes after which a batch takes no further segment.</summary>
    private const int BatchBytesFull = 1024 * 1024;

    /// <summary>A batch that has waited this long for its commit takes no further segment, so that no time is far from the truth.</summary>
    private const long BatchAgeMicrosMax = 50_000;

    private readonly bool _isRing;

    // Most commits hold one batch of a stream: many streams are not to hold room for more.
    private readonly List<OpenBatch> _open = new(1);
    private readonly List<BatchRow> _sealed = new(1);
    private readonly List<BatchHeader> _sealedHeaders = new(1);
    private Sequence _pendingNext;
    private RecordTime _pendingTime;
    private RingId _pendingId;
    private long _endBytes;
    private OpenBatch? _spare;

    public SequencedLog(OpenedStream opened)
    {
        Number = opened.Entry.Number;
        _isRing = opened.Entry.Name.Kind == StreamKind.Ring;
        Low = opened.LowWatermark;
        Next = _pendingNext = opened.Next;
        LastTime = _pendingTime = opened.LastTime;
        _endBytes = opened.LastBatch?.EndBytes ?? 0;
    }

    public StreamNumber Number { get; }

    public TailCache Cache { get; } = new();

    /// <summary>The oldest record kept, or the next one when none is. What is not durable yet has no part in it.</summary>
    public Sequence Low { get; private set; }

    /// <summary>The oldest record kept, for readers.</summary>
    public Sequence ReadableLow => Low < Next ? Low : Next;

    /// <summary>The sequence after the newest committed record.</summary>
    public Sequence Next { get; private set; }

    public Sequence High => new(Next.Value - 1);

    /// <summary>The sequence that the next record appended gets.</summary>
    public Sequence PendingNext => _pendingNext;

    public RecordTime LastTime { get; private set; }

    public RingId LastId { get; private set; }

    /// <summary>The greatest id given, committed or not.</summary>
    public RingId PendingLastId => _pendingId;

    /// <summary>After recovery: the greatest id there ever was.</summary>
    public void StartAfter(RingId last) => LastId = _pendingId = last;

    /// <summary>Rings: the next id is greater than this one, whatever was given before. Seen by readers at once.</summary>
    public void SetLastId(RingId last)
    {
        LastId = _pendingId = last;

        // Ids that are given follow their batch's first: the next one begins another batch.
        if (_open.Count > 0) _open[^1].HasExplicitIds = true;
    }

    /// <summary>How far the next record's time would lead the clock.</summary>
    public long LeadMicros(RecordTime now) => _pendingTime.Micros - now.Micros;

    /// <summary>Readers see nothing before <paramref name="low"/> any more. Never moves back.</summary>
    public void RaiseLow(Sequence low)
    {
        if (low > Low) Low = low;
    }

    /// <summary>Rings: whether so many ids are left for records that carry none.</summary>
    public bool HasIdsFor(int count) => _pendingId.Milliseconds < ulong.MaxValue || HasIdsWithinMillisecond(count);

    /// <summary>Gives the records of a segment their places; they wait for the commit.</summary>
    /// <param name="segment">The whole segment.</param>
    /// <param name="now">The clock.</param>
    /// <param name="ids">Rings: the explicit ids the records carry, checked to be greater than <see cref="PendingLastId"/>; null lets the log give ids,
    /// of which there are enough by <see cref="HasIdsFor"/>.</param>
    public Placement Add(ReadOnlySpan<byte> segment, RecordTime now, ExplicitIds? ids)
    {
        var count = Segment.CountOf(segment);
        var batch = _open.Count > 0 && Fits(_open[^1], segment.Length, count, now, ids) ? _open[^1] : Begin(now, count, ids);
        var index = batch.Count;
        batch.Add(segment, count);
        if (ids is not null) batch.HasExplicitIds = true;
        var placement = new Placement(
            batch.First.Plus(index),
            count,
            batch.FirstTime.Plus(index),
            ids?.First ?? batch.FirstId?.Plus(index) ?? RingId.None);
        _pendingNext = batch.First.Plus(batch.Count);
        _pendingTime = batch.FirstTime.Plus(batch.Count - 1);
        if (_isRing) _pendingId = ids?.Last ?? placement.FirstId.Plus(count - 1);
        return placement;
    }

    /// <summary>Batches that are closed for a commit, until <see cref="Commit"/> or <see cref="Rollback"/>. Always the same list.</summary>
    public IReadOnlyList<BatchRow> Sealed => _sealed;

    /// <summary>Closes the batches that wait, for a commit.</summary>
    public void Seal()
    {
        foreach (var batch in _open)
        {
            var bytes = batch.Seal(out var header);
            _endBytes += bytes.Length;
            _sealed.Add(new BatchRow(new BatchPlace(header.First, header.Count, header.FirstTime, _endBytes, header.FirstId, bytes.Length), bytes));
            _sealedHeaders.Add(header);
            _spare = batch;
        }

        _open.Clear();
    }

    /// <summary>Sequence and time as they are once the sealed batches are stored.</summary>
    public (Sequence Next, RecordTime LastTime) AfterSealed =>
        _sealed.Count == 0 ? (Next, LastTime) : (_sealed[^1].Place.Last.Next(), _sealed[^1].Place.LastTime);

    /// <summary>The sealed batches are durable: readers see them from now on.</summary>
    /// <param name="onBatch">Told of each batch, in order.</param>
    public void Commit(BatchCommitted onBatch)
    {
        for (var i = 0; i < _sealed.Count; i++)
        {
            var place = _sealed[i].Place;
            Cache.Add(_sealedHeaders[i], _sealed[i].Bytes);
            Next = place.Last.Next();
            LastTime = place.LastTime;
            onBatch(_sealedHeaders[i], _sealed[i].Bytes);
        }

        if (_isRing && _sealed.Count > 0) LastId = _open.Count == 0 ? _pendingId : LastIdOf(_sealedHeaders[^1], _sealed[^1].Bytes);
        _sealed.Clear();
        _sealedHeaders.Clear();
    }

    /// <summary>Forgets everything that is not committed.</summary>
    public void Rollback()
    {
        foreach (var batch in _open) batch.Discard();
        _open.Clear();
        foreach (var batch in _sealed) _endBytes -= batch.Bytes.Length;
        _sealed.Clear();
        _sealedHeaders.Clear();
        _pendingNext = Next;
        _pendingTime = LastTime;
        _pendingId = LastId;
    }

    /// <summary>The id of the last record of a ring's batch.</summary>
    public static RingId LastIdOf(in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        var last = RingId.None;
        foreach (var record in BatchSlice.Whole(batch, header).Part(header.Count - 1, 1)) last = record.Id;
        return last;
    }

    private bool Fits(OpenBatch batch, int bytes, int count, RecordTime now, ExplicitIds? ids) =>
        batch.Length + bytes <= BatchBytesFull
        && now.Micros - batch.FirstTime.Micros <= BatchAgeMicrosMax
        && (!_isRing || ids is not null || (!batch.HasExplicitIds && batch.FirstId!.Value.Number <= ulong.MaxValue - (ulong)(batch.Count + count)));

    private OpenBatch Begin(RecordTime now, int count, ExplicitIds? ids)
    {
        var time = now > _pendingTime ? now : _pendingTime.Plus(1);
        var batch = _spare ?? new OpenBatch();
        _spare = null;
        batch.Begin(_pendingNext, time, _isRing ? ids?.First ?? NextId(now, count) : null);
        _open.Add(batch);
        return batch;
    }

    /// <summary>The first of as many ids as wanted, all within one millisecond.</summary>
    private RingId NextId(RecordTime now, int count)
    {
        var clock = new RingId((ulong)(now.Micros / 1000), 0);
        if (clock > _pendingId) return clock;
        return HasIdsWithinMillisecond(count) ? new RingId(_pendingId.Milliseconds, _pendingId.Number + 1) : new RingId(checked(_pendingId.Milliseconds + 1), 0);
    }

    private bool HasIdsWithinMillisecond(int count) => _pendingId.Number <= ulong.MaxValue - (ulong)count;
}

/// <summary>Told of a batch that is durable.</summary>
internal delegate void BatchCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch);

/// <summary>Where the records of one append stand.</summary>
internal readonly record struct Placement(Sequence First, int Count, RecordTime FirstTime, RingId FirstId)
{
    public AppendResult.Appended ToResult(StreamNumber stream) => new(stream, First, Count, FirstTime, FirstId);
}

/// <summary>First and last of the ids that the records of a segment carry.</summary>
internal sealed record ExplicitIds(RingId First, RingId Last);
