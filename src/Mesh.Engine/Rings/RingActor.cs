using System.Buffers;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Frames;

namespace Mesh.Engine.Rings;

/// <summary>A ring: a log whose records have Redis ids, and which is trimmed by hand.</summary>
public sealed class RingActor(StreamName name, EngineContext engine) : StreamActor(name, engine), IRing
{
    /// <summary>Bytes of batches after which a range ends early.</summary>
    private const long RangeBytesMax = 8L * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _lastId = new(2 * Varint.BytesMax);

    public async ValueTask<RecordPage> RangeAsync(RingId start, RingId end, int recordsMax, bool backwards, CancellationToken cancel = default)
    {
        await EnsureReadableAsync();
        var first = await FirstNotBelowAsync(start, cancel);
        var last = end.Next() is { } beyond ? new Sequence((await FirstNotBelowAsync(beyond, cancel)).Value - 1) : Sequence.Max;
        var slices = new List<BatchSlice>();
        var records = 0;
        long bytes = 0;
        for (var next = backwards ? last : first; ;)
        {
            var inRange = last == Sequence.Max ? long.MaxValue : last.Value - first.Value + 1;
            var wanted = (int)Math.Clamp(inRange - records, 1, recordsMax - records);
            var page = await ReadAsync(new ReadQuery { From = next, Backwards = backwards, RecordsMax = wanted }, cancel);
            foreach (var slice in page.Slices)
            {
                if (slice.Within(first, last) is not { } part) continue;
                slices.Add(part);
                records += part.Count;
                bytes += part.Count == 1 ? 0 : part.Batch.Length;
            }

            next = page.Next;
            var isDone = page.Count == 0 || records >= recordsMax || bytes >= RangeBytesMax || (backwards ? next < first : next > last);
            if (isDone) return new RecordPage(slices, next, page.LowWatermark, page.HighWatermark);
        }
    }

    public async ValueTask<long> TrimToCountAsync(long keep, CancellationToken cancel = default)
    {
        await EnsureOpenAsync(null);
        await LoadPlacesAsync();
        ValueTask<long> trimmed;
        lock (Turn)
        {
            if (!IsOpen) return 0;
            trimmed = Trim(new Sequence(Math.Max(1, Log!.PendingNext.Value - keep)));
        }

        return await trimmed;
    }

    public async ValueTask<long> TrimBelowAsync(RingId id, CancellationToken cancel = default)
    {
        await EnsureOpenAsync(null);
        await LoadPlacesAsync();
        var first = await FirstNotBelowAsync(id, cancel);
        ValueTask<long> trimmed;
        lock (Turn)
        {
            if (!IsOpen) return 0;
            trimmed = Trim(first);
        }

        return await trimmed;
    }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        log.StartAfter(await LastIdAsync(opened, entries));
        return await base.RebuildAsync(opened, log, entries);
    }

    internal override void WriteSnapshot(IBufferWriter<byte> target)
    {
        base.WriteSnapshot(target);
        StreamJournal.WriteEntry(target, JournalOp.LastId, EncodeLastId());
    }

    /// <summary>The batch that has the greatest id may be among those that go.</summary>
    internal override void OnDeleting() => Journal.Add(JournalOp.LastId, EncodeLastId());

    private protected override AppendResult? ReadIds(ReadOnlySpan<byte> segment, out ExplicitIds? ids)
    {
        ids = null;
        if (!RingSegment.TryReadIds(segment, out var first, out var last, out var ascends))
            return Log!.HasIdsFor(Segment.CountOf(segment)) ? null : new AppendResult.IdNotGreater(Log.PendingLastId);
        if (!ascends || first <= Log!.PendingLastId) return new AppendResult.IdNotGreater(Log!.PendingLastId);
        ids = new ExplicitIds(first, last);
        return null;
    }

    private ValueTask<long> Trim(Sequence low)
    {
        TryApplyRetention();
        var before = Log!.ReadableLow;
        if (low > Log.Next) low = Log.Next;
        if (low <= before) return new(0);
        TrimTo(low);
        return AfterCommit(low.Value - before.Value);
    }

    /// <summary>The first record, of those there ever were, whose id is not smaller than <paramref name="id"/>; the next one to come when all are smaller.</summary>
    private async ValueTask<Sequence> FirstNotBelowAsync(RingId id, CancellationToken cancel)
    {
        StreamNumber stream;
        CachedBatch? batch;
        lock (Turn)
        {
            if (Log is not { } log || id == RingId.None) return Sequence.First;
            if (id > log.LastId) return log.Next;
            stream = log.Number;
            batch = log.Cache.Find(id);
        }

        if (batch is null)
        {
            if (await Engine.Store.FindAsync(stream, id, cancel) is not { } place) return Sequence.First;
            var page = await Engine.Store.ReadAsync(stream, place.First, place.First, bytesMax: 1, cancel);
            if (page.Batches.Count == 0) return place.Last.Next();
            batch = new CachedBatch(page.Batches[0].Header, page.Batches[0].Bytes);
        }

        var walker = BatchSlice.Whole(batch.Value.Bytes, batch.Value.Header).GetEnumerator();
        while (walker.MoveNext())
            if (walker.Current.Id >= id) return walker.Current.Sequence;
        return batch.Value.Header.Last.Next();
    }

    private async ValueTask<RingId> LastIdAsync(OpenedStream opened, IReadOnlyList<RecoveredEntry> entries)
    {
        var last = RingId.None;
        foreach (var entry in entries)
        {
            if (entry.Op != JournalOp.LastId) continue;
            var at = 0;
            last = new RingId(Varint.Read(entry.Payload.Span, ref at), Varint.Read(entry.Payload.Span, ref at));
        }

        if (opened.LastBatch is not { } batch) return last;
        var page = await Engine.Store.ReadBackwardsAsync(opened.Entry.Number, batch.Last, batch.First, bytesMax: 1);
        foreach (var damaged in page.Damaged) ReportDamage(damaged);
        var stored = page.Batches.Count > 0 ? SequencedLog.LastIdOf(page.Batches[0].Header, page.Batches[0].Bytes) : RingId.None;
        return stored > last ? stored : last;
    }

    private ReadOnlySpan<byte> EncodeLastId()
    {
        _lastId.ResetWrittenCount();
        var bytes = _lastId.GetSpan(2 * Varint.BytesMax);
        var length = Varint.Write(bytes, Log!.PendingLastId.Milliseconds);
        _lastId.Advance(length + Varint.Write(bytes[length..], Log.PendingLastId.Number));
        return _lastId.WrittenSpan;
    }
}
