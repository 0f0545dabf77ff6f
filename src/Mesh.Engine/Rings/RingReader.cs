using System.Buffers;
using Mesh.Engine.Groups;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Rings;

/// <summary>A ring as its readers see it: its log by ids, less what was deleted. What changes it is <see cref="RingKeeper"/>'s and <see cref="RingActor"/>'s.</summary>
public abstract class RingReader : GroupedActor
{
    /// <summary>Bytes of batches after which a range ends early.</summary>
    private protected const long RangeBytesMax = 8L * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _lastId = new(2 * Varint.BytesMax);

    private protected RingReader(StreamName name, EngineContext engine)
        : base(name, engine)
    {
        Ledger = NewLedger();
    }

    private protected RingLedger Ledger { get; private set; }

    private protected override bool HasSequenceIds => false;

    private protected override bool HasAscendingIds => Ledger.RenumberedAt == Sequence.None;

    private protected override RingId LastId => Log!.LastId;

    private protected override RingId MaxDeletedId => Ledger.MaxDeletedId;

    private protected override long DeletedCount => Ledger.DeletedCount + Math.Max(0, Ledger.Low.Value - Log!.Low.Value);

    /// <summary>In a turn: records there are.</summary>
    private protected long LiveCount => Log!.High.Value - Log.ReadableLow.Value + 1 - DeletedCount;

    public override ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default)
    {
        var reading = base.ReadAsync(query, cancel);
        if (!reading.IsCompletedSuccessfully) return ReadLivingAsync(reading, query, cancel);
        var page = reading.Result;
        bool isWhole;
        lock (Turn) isWhole = Log is null || DeletedCount == 0;
        return isWhole ? new(page) : ReadLivingAsync(new(page), query, cancel);
    }

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

    internal override void WriteSnapshot(IBufferWriter<byte> target)
    {
        base.WriteSnapshot(target);
        StreamJournal.WriteEntry(target, JournalOp.LastId, EncodeLastId());
        StreamJournal.WritePart(target, JournalOp.Ring, Ledger.WriteSnapshot);
    }

    /// <summary>The batch that has the greatest id may be among those that go.</summary>
    internal override void OnDeleting() => Journal.Add(JournalOp.LastId, EncodeLastId());

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var ledger = NewLedger();
        foreach (var entry in entries)
        {
            if (entry.Op == JournalOp.Ring && entry.IsSnapshot) ledger.ReadSnapshot(entry.Payload.Span);
            else if (entry.Op == JournalOp.Ring) ledger.Apply(entry.Payload.Span);
        }

        log.StartAfter(await LastIdAsync(opened, entries, ledger));
        ledger.TrimBelow(log.Low);
        log.RaiseLow(ledger.Low);
        var takeOver = await base.RebuildAsync(opened, log, entries);
        return () =>
        {
            takeOver();
            Ledger = ledger;
        };
    }

    private protected override void OnTrimmed(Sequence low) => Settle();

    private protected override void OnReset()
    {
        base.OnReset();
        Ledger = NewLedger();
    }

    /// <summary>As <see cref="ReadAsync"/>, with the records that were deleted.</summary>
    private protected ValueTask<RecordPage> ReadWithDeletedAsync(ReadQuery query, CancellationToken cancel) => base.ReadAsync(query, cancel);

    /// <summary>In a turn: what is trimmed need not be known as deleted, and what is deleted at the head is gone for good.</summary>
    private protected override void Settle()
    {
        Ledger.TrimBelow(Log!.Low);
        Stream!.Follow(Ledger.Low);
    }

    /// <summary>In a turn: the records of a page that are not deleted.</summary>
    private protected override RecordPage Living(RecordPage page)
    {
        if (Log is null || DeletedCount == 0 || page.Count == 0) return page;
        var slices = new List<BatchSlice>(page.Slices.Count);
        foreach (var slice in page.Slices) RecordRuns.Keep(slice, (in record) => !Ledger.IsDeleted(record.Sequence), slices);
        return new RecordPage(slices, page.Next, page.LowWatermark, page.HighWatermark) { Stream = page.Stream };
    }

    /// <inheritdoc/>
    private protected override bool Lives(Sequence sequence) => sequence >= Log!.ReadableLow && sequence <= Log.High && !Ledger.IsDeleted(sequence);

    private protected override async ValueTask<Sequence> FirstNotBelowAsync(RingId id, CancellationToken cancel)
    {
        StreamNumber stream;
        Sequence from;
        CachedBatch? batch;
        lock (Turn)
        {
            if (Log is not { } log || id == RingId.None) return Sequence.First;
            if (id > log.LastId) return log.Next;
            (stream, from) = (log.Number, Ledger.RenumberedAt);
            batch = log.Cache.Find(id);
        }

        if (batch is null)
        {
            var found = from == Sequence.None ? await Home.Store.FindAsync(stream, id, cancel) : await FindAsync(stream, from, id, cancel);
            if (found is not { } place) return from > Sequence.First ? from : Sequence.First;
            batch = await Stored.BatchOfAsync(stream, place.First, cancel);
            if (batch is null) return place.Last.Next();
        }

        var walker = BatchSlice.Whole(batch.Value.Bytes, batch.Value.Header).GetEnumerator();
        while (walker.MoveNext())
            if (walker.Current.Id >= id) return walker.Current.Sequence;
        return batch.Value.Header.Last.Next();
    }

    private protected override async ValueTask<Sequence?> FindAsync(RingId id, CancellationToken cancel)
    {
        var page = await RangeAsync(id, id, recordsMax: 1, backwards: false, cancel);
        foreach (var record in page) return record.Sequence;
        return null;
    }

    /// <summary>The last batch, of those from a place on, whose first id is not greater: for rings whose ids do not ascend from their beginning.</summary>
    private async ValueTask<BatchPlace?> FindAsync(StreamNumber stream, Sequence from, RingId id, CancellationToken cancel)
    {
        BatchPlace? last = null;
        while (true)
        {
            var places = await Home.Store.PlacesAsync(stream, from, RetentionWindow.PlacesMax, cancel);
            foreach (var place in places)
            {
                if (place.First < from) continue;
                if (place.FirstId > id) return last;
                last = place;
            }

            if (places.Count < RetentionWindow.PlacesMax) return last;
            from = places[^1].Last.Next();
        }
    }

    /// <summary>Reads on behind pages of which all records are deleted.</summary>
    private async ValueTask<RecordPage> ReadLivingAsync(ValueTask<RecordPage> reading, ReadQuery query, CancellationToken cancel)
    {
        while (true)
        {
            var page = await reading;
            RecordPage living;
            lock (Turn) living = Living(page);
            if (living.Count > 0 || page.Count == 0) return living;
            reading = base.ReadAsync(query with { From = page.Next, FromTime = null }, cancel);
        }
    }

    private RingLedger NewLedger() => new(change => AddChange(JournalOp.Ring, change));

    private async ValueTask<RingId> LastIdAsync(OpenedStream opened, IReadOnlyList<RecoveredEntry> entries, RingLedger ledger)
    {
        var last = RingId.None;
        foreach (var entry in entries)
        {
            if (entry.Op == JournalOp.Ring && !entry.IsSnapshot && RingLedger.IsPosition(entry.Payload.Span)) last = RingId.None;
            if (entry.Op != JournalOp.LastId) continue;
            var at = 0;
            last = new RingId(Varint.Read(entry.Payload.Span, ref at), Varint.Read(entry.Payload.Span, ref at));
        }

        if (ledger.SetId > last) last = ledger.SetId;
        if (opened.LastBatch is not { } batch || batch.Last < ledger.SetAt) return last;
        var page = await Home.Store.ReadBackwardsAsync(opened.Entry.Number, batch.Last, batch.First, bytesMax: 1);
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
