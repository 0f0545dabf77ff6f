using System.Buffers;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Streams;

/// <summary>What an owner knows of its stream from one opening to the next: the log, its journal, and what storage is still to be told. In a turn.</summary>
/// <param name="opened">The stream as it was opened.</param>
/// <param name="log">Its log, recovered.</param>
/// <param name="trimInterval">How often storage is told of a trim, at most.</param>
/// <param name="owner">Has the parts that differ from kind to owner.</param>
internal sealed class OpenStream(OpenedStream opened, SequencedLog log, TimeSpan trimInterval, StreamOwner owner)
{
    private readonly LogTrimmer _trimmer = new(opened, trimInterval);

    // What most commits are. It is the same one each time: the log's list of sealed batches is.
    private readonly StreamCommit _batchesOnly = new() { Stream = log.Number, Token = opened.Token, Batches = log.Sealed };
    private BatchCommitted? _show;
    private long _shownBytes;
    private Sequence _wantedLow = log.Low;
    private Sequence _lowUnderWay = log.Low;
    private bool _wantsLowWritten;
    private bool _isAhead;
    private bool _isAheadUnderWay;

    public OpenedStream Opened => opened;

    public SequencedLog Log => log;

    /// <summary>When the stream is to be deleted; the greatest time when it is not.</summary>
    public RecordTime ExpiresAt { get; } = opened.Entry.Options.ExpiresAt ?? RecordTime.Max;

    /// <summary>What changes besides the records; stored with the next commit.</summary>
    public StreamJournal Journal { get; } = new(opened);

    /// <summary>Where the log begins once everything done so far is durable; readers see it begin at <see cref="SequencedLog.Low"/> until then.</summary>
    public Sequence WantedLow => _wantedLow > log.Low ? _wantedLow : log.Low;

    /// <summary>Storage still holds what is gone for readers, or is to go.</summary>
    public bool IsBehind => _trimmer.IsBehind(WantedLow);

    /// <summary>Readers have been shown changes that are not committed: if they never are, what is known must be forgotten with them.</summary>
    public bool IsAhead => _isAhead || _isAheadUnderWay;

    /// <summary>Where the log begins as recovery finds it.</summary>
    public static SequencedLog Recover(OpenedStream opened, IReadOnlyList<RecoveredEntry> entries)
    {
        var log = new SequencedLog(opened);
        foreach (var entry in entries)
            if (entry.Op == JournalOp.Low) log.RaiseLow(new Sequence(ReadVarint(entry.Payload.Span)));
        return log;
    }

    /// <summary>Readers see a change before it is committed.</summary>
    public void SetAhead() => _isAhead = true;

    /// <summary>Raises the low watermark with the next commit, for good, by the journal.</summary>
    public void TrimTo(Sequence low)
    {
        if (low <= WantedLow) return;
        _wantedLow = low;
        _wantsLowWritten = true;
    }

    /// <summary>Raises the low watermark with the next commit, which says otherwise what is gone.</summary>
    public void Follow(Sequence low)
    {
        if (low > WantedLow) _wantedLow = low;
    }

    /// <summary>Brings the low watermark up to now.</summary>
    /// <returns>False when it is not exact before <see cref="LoadPlaces"/>.</returns>
    public bool TryApplyRetention(RecordTime now)
    {
        _trimmer.Apply(log, now);
        return !_trimmer.NeedsPlaces;
    }

    /// <param name="places">The oldest batches from the low watermark on.</param>
    public void LoadPlaces(IReadOnlyList<BatchPlace> places) => _trimmer.Load(places, log.High);

    /// <summary>All that waits to be stored; null when nothing does.</summary>
    public StreamCommit? BuildCommit(RecordTime now)
    {
        (_isAheadUnderWay, _isAhead) = (_isAhead, false);
        _lowUnderWay = WantedLow;
        log.Seal();
        var trim = _trimmer.TakeDue(_lowUnderWay, log.AfterSealed, now);
        if (trim is not null) owner.OnDeleting();
        if (_wantsLowWritten) Journal.Add(JournalOp.Low, VarintBytes(_lowUnderWay.Value));
        _wantsLowWritten = false;
        var journal = Journal.Seal();
        var snapshot = Journal.IsSnapshotDue || owner.WantsSnapshot ? TakeSnapshot() : (SnapshotRow?)null;
        if (journal is not null || snapshot is not null || trim is not null)
            return _batchesOnly with { Journal = journal, Snapshot = snapshot, Trim = trim };
        if (log.Sealed.Count > 0) return _batchesOnly;

        // All that it follows from is durable.
        log.RaiseLow(_lowUnderWay);
        return null;
    }

    /// <summary>What the last commit took is durable: readers see it from now on.</summary>
    /// <returns>Bytes of its batches.</returns>
    public long ShowCommitted()
    {
        _isAheadUnderWay = false;
        _shownBytes = 0;
        log.Commit(_show ??= Show);
        log.RaiseLow(_lowUnderWay);
        return _shownBytes;
    }

    /// <summary>Storage did not delete all that it was told to, and is to be told again.</summary>
    public void TrimOn() => _trimmer.GoOn();

    /// <summary>Forgets everything that is not committed.</summary>
    public void Rollback()
    {
        log.Rollback();
        Journal.Discard();
        _wantedLow = _lowUnderWay = log.Low;
        _wantsLowWritten = false;
    }

    private void Show(in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
        _shownBytes += batch.Length;
        _trimmer.OnCommitted(header, batch.Length);
        owner.OnCommitted(header, batch);
    }

    private SnapshotRow TakeSnapshot()
    {
        var parts = new ArrayBufferWriter<byte>(1024);
        StreamJournal.WriteEntry(parts, JournalOp.Low, VarintBytes(_lowUnderWay.Value));
        owner.WriteSnapshot(parts);
        return Journal.Snapshot(parts.WrittenSpan);
    }

    private static byte[] VarintBytes(long value)
    {
        Span<byte> bytes = stackalloc byte[Varint.BytesMax];
        return bytes[..Varint.Write(bytes, (ulong)value)].ToArray();
    }

    private static long ReadVarint(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        return (long)Varint.Read(bytes, ref at);
    }
}
