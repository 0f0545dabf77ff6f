using System.Buffers;
using System.Runtime.CompilerServices;
using Mesh.Engine.Commit;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Streams;

/// <summary>One stream with a log: what every kind of it can do. Turns and recovery are <see cref="StreamOwner"/>'s.</summary>
public abstract class StreamActor : StreamOwner, IStreamLog
{
    /// <summary>A stream's times may lead the clock by so much, one microsecond a record.</summary>
    private const long LeadMicrosMax = 1_000_000;

    /// <summary>Bytes of one step of a walk over what is stored.</summary>
    private const int ScanBytes = 4 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _scratch = new(64);
    private readonly Queue<ParkedAppend> _parked = new();
    private long _parkedBytes;
    private DedupeWindow? _dedupe;

    private protected StreamActor(StreamName name, EngineContext engine)
        : base(name, engine)
    {
    }

    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default)
    {
        if (segment.Length > Engine.Options.SegmentBytesMax) return new(new AppendResult.TooLarge(Engine.Options.SegmentBytesMax));
        lock (Turn)
        {
            if (IsOpen && _parked.Count == 0) return Append(segment.Span, options);
            return Park(segment.ToArray(), options);
        }
    }

    public async ValueTask<StreamState> StateAsync(CancellationToken cancel = default)
    {
        await LoadPlacesAsync();
        lock (Turn)
        {
            return Log is { } log ? new StreamState(log.Number, log.ReadableLow, log.High, log.LastTime, log.LastId) : StreamState.Missing;
        }
    }

    public async ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default)
    {
        TaskCompletionSource signal;
        lock (Turn)
        {
            if (Log is { } log && log.High >= until) return true;
            signal = Subscribers.Add(until);
            if (Subscribers.Count == 1) Engine.Awaited.TryAdd(this, true);
        }

        try
        {
            await signal.Task.WaitAsync(timeout, Engine.Clock.Source, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (Turn)
            {
                Subscribers.Remove(signal);
                if (Subscribers.Count == 0) Engine.Awaited.TryRemove(this, out _);
            }
        }
    }

    public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default)
    {
        lock (Turn)
        {
            if (TryReadHere(query) is { } page) return new(page);
        }

        return ReadStoredAsync(query, cancel);
    }

    public async IAsyncEnumerable<RecordPage> TailAsync(Sequence from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var next = from < Sequence.First ? Sequence.First : from; ;)
        {
            var page = await ReadAsync(new ReadQuery { From = next }, cancel);
            if (page.Count > 0) yield return page;

            // A stream that was deleted and made again begins anew.
            var lost = page.HighWatermark.Next() < next;
            next = lost ? Sequence.First : page.Next;
            if (page.Count == 0 && !lost) await WaitAsync(next, Timeout.InfiniteTimeSpan, cancel);
        }
    }

    /// <summary>In a turn: reads the ids that a ring's segment carries.</summary>
    /// <returns>What to answer at once instead of appending; null to append.</returns>
    private protected virtual AppendResult? ReadIds(ReadOnlySpan<byte> segment, out ExplicitIds? ids)
    {
        ids = null;
        return null;
    }

    private protected override ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var dedupe = new DedupeWindow(opened.Entry.Options.DedupeWindow);
        foreach (var entry in entries)
            if (entry.Op == JournalOp.Dedupe) dedupe.ReadAll(entry.Payload.Span);
        return new(() => _dedupe = dedupe);
    }

    private protected override void WriteSnapshot(IBufferWriter<byte> target)
    {
        if (_dedupe!.IsEmpty) return;
        _scratch.ResetWrittenCount();
        _dedupe.WriteAll(_scratch, Engine.Clock.Now());
        StreamJournal.WriteEntry(target, JournalOp.Dedupe, _scratch.WrittenSpan);
    }

    /// <summary>For rebuilding: walks all stored batches from the one that holds <paramref name="from"/> on.</summary>
    private protected async ValueTask ScanAsync(SequencedLog log, Sequence from, BatchCommitted onBatch)
    {
        for (var next = from; next <= log.High;)
        {
            var page = await Engine.Store.ReadAsync(log.Number, next, log.High, ScanBytes);
            foreach (var damaged in page.Damaged) ReportDamage(damaged);
            foreach (var batch in page.Batches) onBatch(batch.Header, batch.Bytes);
            if (page.Exhausted) return;
            next = After(page, next);
        }
    }

    /// <summary>Slices of single records, in the order of <paramref name="sequences"/>; those that are gone or damaged are left out.</summary>
    private protected async ValueTask<List<BatchSlice>> PickAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, CancellationToken cancel) =>
        (await PickAsync(stream, sequences, long.MaxValue, cancel)).Slices;

    /// <summary>As the other, up to the record whose batch reaches a number of bytes.</summary>
    private protected async ValueTask<Picked> PickAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, long bytesMax, CancellationToken cancel)
    {
        var slices = new List<BatchSlice>(sequences.Count);
        CachedBatch held = default;
        long bytes = 0;
        var looked = 0;
        for (; looked < sequences.Count && bytes < bytesMax; looked++)
        {
            var sequence = sequences[looked];
            if (held.Bytes.IsEmpty || sequence < held.Header.First || sequence > held.Header.Last)
            {
                held = await BatchOfAsync(stream, sequence, cancel) ?? default;
                bytes += held.Bytes.Length;
            }

            if (!held.Bytes.IsEmpty) slices.Add(held.Slice(sequence, sequence, 1));
        }

        return new Picked(slices, looked, bytes);
    }

    private async ValueTask<CachedBatch?> BatchOfAsync(StreamNumber stream, Sequence sequence, CancellationToken cancel)
    {
        lock (Turn)
        {
            if (Log is { } log && log.Number == stream && sequence >= log.Cache.First && sequence <= log.High) return log.Cache.BatchOf(sequence);
        }

        var page = await Engine.Store.ReadAsync(stream, sequence, sequence, bytesMax: 1, cancel);
        foreach (var damaged in page.Damaged) ReportDamage(damaged);
        if (page.Batches.Count == 0) return null;
        var batch = page.Batches[0];
        return batch.Header.First <= sequence && sequence <= batch.Header.Last ? new CachedBatch(batch.Header, batch.Bytes) : null;
    }

    /// <summary>Appends that come while the stream is closed wait in line, so that a caller's order holds.</summary>
    private ValueTask<AppendResult> Park(byte[] segment, in AppendOptions options)
    {
        if (_parkedBytes + segment.Length > Engine.Options.StreamPendingBytesMax) return new(new AppendResult.Busy(Engine.Options.RetryAfter));
        var parked = new ParkedAppend(segment, options, new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        _parked.Enqueue(parked);
        _parkedBytes += segment.Length;
        if (_parked.Count == 1) _ = OpenForParkedAsync();
        return new(parked.Answer.Task);
    }

    private async Task OpenForParkedAsync()
    {
        try
        {
            var create = false;
            do
            {
                await EnsureOpenAsync(create ? new StreamSeed(StreamOptions.Default, ReadOnlyMemory<byte>.Empty, Engine.Clock.Now()) : null);
                lock (Turn) create = AppendParked();
            }
            while (create);
        }
        catch (Exception reason)
        {
            lock (Turn)
            {
                while (_parked.TryDequeue(out var parked)) parked.Answer.TrySetException(reason);
                _parkedBytes = 0;
            }
        }
    }

    /// <summary>In a turn: appends what waits in line, in order.</summary>
    /// <returns>True when the stream must be created, or opened again, for those that are left.</returns>
    private bool AppendParked()
    {
        while (_parked.TryPeek(out var parked))
        {
            var isRefused = IsMissing && parked.Options.MustExist;
            if (!IsOpen && !isRefused) return true;
            _parked.Dequeue();
            _parkedBytes -= parked.Segment.Length;
            _ = parked.AnswerAsync(isRefused ? new(AppendResult.NoSuchStream.Instance) : Append(parked.Segment, parked.Options));
        }

        return false;
    }

    private ValueTask<AppendResult> Append(ReadOnlySpan<byte> segment, in AppendOptions options)
    {
        var log = Log!;
        var now = Engine.Clock.Now();
        if (options.DedupeId.Length > 0 && FindDuplicate(options.DedupeId, now) is { } duplicate) return AfterCommit<AppendResult>(duplicate);
        if (ReadIds(segment, out var ids) is { } refused) return new(refused);
        if (log.LeadMicros(now) > LeadMicrosMax || Waiting.Bytes + segment.Length > Engine.Options.StreamPendingBytesMax || !Engine.Pump.TryReserve(segment.Length))
            return new(new AppendResult.Busy(Engine.Options.RetryAfter));

        var placed = log.Add(segment, now, ids);
        if (options.DedupeId.Length > 0) RememberId(options.DedupeId.Span, now, placed);
        TrimAfterAppend(log, options);
        var ticket = CommitTicket<AppendResult>.Rent(new AppendResult.Appended(log.Number, placed.First, placed.Count, placed.FirstTime, placed.FirstId));
        Waiting.AddAppend(ticket, segment.Length);
        Enlist();
        return ticket.Task;
    }

    private AppendResult.Duplicate? FindDuplicate(ReadOnlyMemory<byte> id, RecordTime now)
    {
        if (id.Length > DedupeWindow.IdBytesMax)
            throw new ArgumentException($"A dedupe id has at most {DedupeWindow.IdBytesMax} bytes; this one has {id.Length}.", nameof(id));
        return _dedupe!.TryFind(id.Span, now, out var first, out var count) ? new AppendResult.Duplicate(Log!.Number, first, count) : null;
    }

    private void RememberId(ReadOnlySpan<byte> id, RecordTime now, in Placement placed)
    {
        _dedupe!.Add(id, now, placed.First, placed.Count);
        _scratch.ResetWrittenCount();
        DedupeWindow.Write(_scratch, id, now, placed.First, placed.Count);
        AddJournal(JournalOp.Dedupe, _scratch.WrittenSpan);
    }

    private void TrimAfterAppend(SequencedLog log, in AppendOptions options)
    {
        if (options.TrimToCount is { } keep) TrimTo(new Sequence(Math.Max(1, log.PendingNext.Value - keep)));
    }

    /// <summary>In a turn: answers from memory.</summary>
    /// <returns>Null when storage must be asked.</returns>
    private RecordPage? TryReadHere(in ReadQuery query)
    {
        if (Log is not { } log) return IsMissing ? RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None) : null;
        if (!TryApplyRetention()) return null;
        var low = log.ReadableLow;
        if (log.High < low) return RecordPage.Empty(log.Next, low, log.High);
        if (query.FromTime is { } time)
        {
            if (log.Cache.Find(time) is not { } batch) return null;
            return TryReadHere(query with { FromTime = null, From = At(batch.Header.First, batch.Header.FirstTime, batch.Header.Count, time, query.Backwards) });
        }

        return query.Backwards ? TryReadDown(log, low, query) : TryReadUp(log, low, query);
    }

    private static RecordPage? TryReadUp(SequencedLog log, Sequence low, in ReadQuery query)
    {
        var from = query.From > low ? query.From : low;
        if (from > log.High) return RecordPage.Empty(log.Next, low, log.High);
        if (from < log.Cache.First) return null;
        var slices = new List<BatchSlice>();
        var next = log.Cache.Collect(slices, from, log.High, query.RecordsMax, query.BytesMax);
        return new RecordPage(slices, next, low, log.High);
    }

    private static RecordPage? TryReadDown(SequencedLog log, Sequence low, in ReadQuery query)
    {
        var from = query.From < log.High ? query.From : log.High;
        if (from < low) return RecordPage.Empty(Sequence.None, low, log.High);
        if (from < log.Cache.First) return null;
        var slices = new List<BatchSlice>();
        long bytes = 0;
        while (from >= low && from >= log.Cache.First && slices.Count < query.RecordsMax && bytes < query.BytesMax)
        {
            var batch = log.Cache.BatchOf(from);
            from = Descend(slices, batch, from, low, query.RecordsMax);
            bytes += batch.Bytes.Length;
        }

        return new RecordPage(slices, from, low, log.High);
    }

    private async ValueTask<RecordPage> ReadStoredAsync(ReadQuery query, CancellationToken cancel)
    {
        while (true)
        {
            await LoadPlacesAsync();
            StreamNumber stream;
            Sequence low, high;
            lock (Turn)
            {
                if (TryReadHere(query) is { } page) return page;
                if (Log is not { } log) continue;
                (stream, low, high) = (log.Number, log.ReadableLow, log.High);
            }

            if (query.FromTime is { } time)
            {
                var place = await Engine.Store.FindAsync(stream, time, cancel);
                query = query with
                {
                    FromTime = null,
                    From = place is { } found ? At(found.First, found.FirstTime, found.Count, time, query.Backwards) : query.Backwards ? Sequence.None : Sequence.First,
                };
                continue;
            }

            var read = query.Backwards ? await ReadDownAsync(stream, low, high, query, cancel) : await ReadUpAsync(stream, low, high, query, cancel);
            if (read is not null) return read;
        }
    }

    private async ValueTask<RecordPage?> ReadUpAsync(StreamNumber stream, Sequence low, Sequence high, ReadQuery query, CancellationToken cancel)
    {
        var next = query.From > low ? query.From : low;
        var slices = new List<BatchSlice>();
        while (slices.Count == 0 && next <= high)
        {
            var stored = await Engine.Store.ReadAsync(stream, next, high, query.BytesMax, cancel);
            foreach (var damaged in stored.Damaged) ReportDamage(damaged);
            var left = query.RecordsMax;
            foreach (var batch in stored.Batches)
            {
                if (left == 0 || batch.Header.First > high) break;
                var slice = new CachedBatch(batch.Header, batch.Bytes).Slice(next, high, left);
                slices.Add(slice);
                left -= slice.Count;
                next = batch.Header.First.Plus(slice.Index + slice.Count);
            }

            if (slices.Count > 0) break;
            next = After(stored, high.Next());
        }

        return new RecordPage(slices, next, low, high);
    }

    private async ValueTask<RecordPage?> ReadDownAsync(StreamNumber stream, Sequence low, Sequence high, ReadQuery query, CancellationToken cancel)
    {
        var from = query.From < high ? query.From : high;
        var slices = new List<BatchSlice>();
        while (slices.Count == 0 && from >= low)
        {
            var stored = await Engine.Store.ReadBackwardsAsync(stream, from, low, query.BytesMax, cancel);
            foreach (var damaged in stored.Damaged) ReportDamage(damaged);
            foreach (var batch in stored.Batches)
            {
                if (slices.Count >= query.RecordsMax) break;
                from = Descend(slices, new CachedBatch(batch.Header, batch.Bytes), from, low, query.RecordsMax);
            }

            if (slices.Count > 0) break;
            from = stored.Damaged.Count > 0 ? new Sequence(stored.Damaged[^1].First.Value - 1) : Sequence.None;
        }

        return new RecordPage(slices, from, low, high);
    }

    /// <summary>Adds the records of a batch from <paramref name="from"/> down to <paramref name="low"/>, one a slice.</summary>
    /// <returns>The sequence to go on with, downwards.</returns>
    private static Sequence Descend(List<BatchSlice> slices, in CachedBatch batch, Sequence from, Sequence low, int recordsMax)
    {
        var last = from < batch.Header.Last ? from : batch.Header.Last;
        var first = low > batch.Header.First ? low : batch.Header.First;
        if (last.Value - first.Value >= recordsMax - slices.Count) first = new Sequence(last.Value - (recordsMax - slices.Count) + 1);
        var at = slices.Count;
        var walker = batch.Slice(first, last, int.MaxValue).GetEnumerator();
        while (walker.MoveNext()) slices.Add(new BatchSlice(batch.Bytes, walker.Offset, walker.Index, 1));
        slices.Reverse(at, slices.Count - at);
        return new Sequence(first.Value - 1);
    }

    /// <summary>The sequence after the last row of a page, damaged or not.</summary>
    private static Sequence After(StoredPage page, Sequence otherwise)
    {
        var batches = page.Batches.Count > 0 ? page.Batches[^1].Header.Last.Next() : Sequence.None;
        var damaged = page.Damaged.Count > 0 ? page.Damaged[^1].First.Plus(page.Damaged[^1].Count) : Sequence.None;
        var last = batches > damaged ? batches : damaged;
        return last == Sequence.None ? otherwise : last;
    }

    /// <summary>The record at or after a time (backwards: at or before it), given the last batch that begins at or before the time.</summary>
    private static Sequence At(Sequence first, RecordTime firstTime, int count, RecordTime time, bool backwards)
    {
        var index = time.Micros - firstTime.Micros;
        return first.Plus(backwards ? Math.Min(index, count - 1) : Math.Min(index, count));
    }

    private sealed record ParkedAppend(byte[] Segment, AppendOptions Options, TaskCompletionSource<AppendResult> Answer)
    {
        public async Task AnswerAsync(ValueTask<AppendResult> append)
        {
            try
            {
                Answer.TrySetResult(await append);
            }
            catch (Exception reason)
            {
                Answer.TrySetException(reason);
            }
        }
    }

    /// <summary>Records picked one by one.</summary>
    /// <param name="Slices">One record each.</param>
    /// <param name="Looked">How many were looked for, of those asked for.</param>
    /// <param name="Bytes">Bytes of the batches that hold them.</param>
    private protected readonly record struct Picked(List<BatchSlice> Slices, int Looked, long Bytes);
}
