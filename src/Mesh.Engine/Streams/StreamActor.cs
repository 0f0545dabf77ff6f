using System.Buffers;
using System.Runtime.CompilerServices;
using Mesh.Engine.Commit;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Streams;

/// <summary>One stream with a log: what every kind of it can do. Turns and recovery are <see cref="StreamOwner"/>'s.</summary>
public abstract class StreamActor : StreamKeeper, IStreamLog
{
    /// <summary>A stream's times may lead the clock by so much, one microsecond a record.</summary>
    private const long LeadMicrosMax = 1_000_000;

    private readonly Queue<ParkedAppend> _parked = new();
    private long _parkedBytes;
    private Repeats? _repeats;

    private protected StreamActor(StreamName name, EngineContext engine)
        : base(name, engine)
    {
        Stored = new StoredReads(() => Home.Store, engine.PartlyRead, damaged => ReportDamage(damaged));
    }

    private protected StoredReads Stored { get; }

    public virtual ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default)
    {
        if (segment.Length > Engine.Options.SegmentBytesMax) return new(new AppendResult.TooLarge(Engine.Options.SegmentBytesMax));
        lock (Turn)
        {
            if (IsOpen && _parked.Count == 0 && !IsExpired) return Append(segment.Span, options);
            return Park(segment.ToArray(), options);
        }
    }

    /// <summary>Ends when no append waits for a place that came before the call.</summary>
    internal async ValueTask PlacedAsync()
    {
        while (true)
        {
            Task last;
            lock (Turn)
            {
                if (_parked.Count == 0) return;
                last = _parked.Last().Answer.Task;
            }

            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask<StreamState> StateAsync(CancellationToken cancel = default)
    {
        await LoadPlacesAsync();
        lock (Turn)
        {
            return Log is { } log ? new StreamState(log.Number, log.ReadableLow, log.High, log.LastTime, log.LastId, DeletedCount) : StreamState.Missing;
        }
    }

    public async ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default)
    {
        TaskCompletionSource signal;
        bool isUnknown;
        lock (Turn)
        {
            if (Log is { } log && log.High >= until) return true;
            isUnknown = Log is null && !IsMissing;
            signal = BeginWait(until);
        }

        if (isUnknown) _ = OpenForAsync(signal);
        return await EndWaitAsync(signal, timeout, cancel);
    }

    /// <summary>In a turn: what is signalled when the stream holds this record or a later one, or who waits has to look.</summary>
    private protected TaskCompletionSource BeginWait(Sequence until)
    {
        var signal = Subscribers.Add(until);
        NoteAwaited();
        return signal;
    }

    /// <returns>False when the time was up first.</returns>
    private protected async ValueTask<bool> EndWaitAsync(TaskCompletionSource signal, TimeSpan timeout, CancellationToken cancel)
    {
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
                NoteAwaited();
            }
        }
    }

    public virtual ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default)
    {
        lock (Turn)
        {
            if (!IsExpired && TryReadHere(query) is { } page) return new(page);
        }

        return ReadStoredAsync(query, cancel);
    }

    public async IAsyncEnumerable<RecordPage> TailAsync(Sequence from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var cursor = new TailCursor(from);
        while (true)
        {
            var page = await ReadAsync(new ReadQuery { From = cursor.Next }, cancel);
            var hasMoved = cursor.MoveBehind(page, out var isWanted);
            if (isWanted) yield return page;
            if (!hasMoved) await WaitAsync(cursor.Next, Timeout.InfiniteTimeSpan, cancel);
        }
    }

    /// <summary>In a turn: whoever waits came or left.</summary>
    private protected void NoteAwaited()
    {
        if (IsAwaited) Engine.Awaited.TryAdd(this, true);
        else Engine.Awaited.TryRemove(this, out _);
    }

    /// <summary>In a turn: reads the ids that a ring's segment carries.</summary>
    /// <returns>What to answer at once instead of appending; null to append.</returns>
    private protected virtual AppendResult? ReadIds(ReadOnlySpan<byte> segment, out ExplicitIds? ids)
    {
        ids = null;
        return null;
    }

    /// <summary>In a turn: records between the watermarks that were deleted one by one.</summary>
    private protected virtual long DeletedCount => 0;

    /// <summary>In a turn: drops the oldest records until so many are left, those that are not committed among them.</summary>
    private protected virtual void KeepLast(long count) => TrimTo(new Sequence(Math.Max(1, Log!.PendingNext.Value - count)));

    private protected override ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var repeats = new Repeats(opened.Entry.Options.DedupeWindow);
        repeats.TakeIn(entries);
        return new(() => _repeats = repeats);
    }

    internal override void WriteSnapshot(IBufferWriter<byte> target) => _repeats!.WriteSnapshot(target, Engine.Clock.Now());

    /// <summary>Slices of single records, in the order of <paramref name="sequences"/>; those that are gone or damaged are left out.</summary>
    private protected async ValueTask<List<BatchSlice>> PickAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, CancellationToken cancel) =>
        (await PickAsync(stream, sequences, long.MaxValue, cancel)).Slices;

    /// <summary>As the other, up to the record whose batch reaches a number of bytes.</summary>
    private protected async ValueTask<PickedRecords> PickAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, long bytesMax, CancellationToken cancel)
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

        return new PickedRecords(slices, looked, bytes);
    }

    private ValueTask<CachedBatch?> BatchOfAsync(StreamNumber stream, Sequence sequence, CancellationToken cancel)
    {
        lock (Turn)
        {
            if (Log is { } log && log.Number == stream && sequence >= log.Cache.First && sequence <= log.High) return new(log.Cache.BatchOf(sequence));
        }

        return Stored.BatchOfAsync(stream, sequence, cancel);
    }

    /// <summary>What is waited for may be stored although nothing is known of it here.</summary>
    private async Task OpenForAsync(TaskCompletionSource waiting)
    {
        try
        {
            await EnsureReadableAsync();
        }
        catch (Exception reason)
        {
            waiting.TrySetException(reason);
        }
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
            _ = parked.AnswerAsync(isRefused ? new(AppendResult.NoSuchStream.Instance) : AppendParked(parked));
        }

        return false;
    }

    /// <summary>What is wrong with an append is told to its caller, not to who waits behind.</summary>
    private ValueTask<AppendResult> AppendParked(ParkedAppend parked)
    {
        try
        {
            return Append(parked.Segment, parked.Options);
        }
        catch (ArgumentException wrong)
        {
            return ValueTask.FromException<AppendResult>(wrong);
        }
    }

    private ValueTask<AppendResult> Append(ReadOnlySpan<byte> segment, in AppendOptions options)
    {
        var log = Log!;
        var now = Engine.Clock.Now();
        if (_repeats!.Find(options, Segment.CountOf(segment), now, log.Number, Engine.Options.RetryAfter) is { } before) return before is AppendResult.Busy ? new(before) : AfterCommit(before);
        if (ReadIds(segment, out var ids) is { } refused) return new(refused);
        if (log.LeadMicros(now) > LeadMicrosMax || Waiting.Bytes + segment.Length > Engine.Options.StreamPendingBytesMax || !Home.Pump.TryReserve(segment.Length))
            return new(new AppendResult.Busy(Engine.Options.RetryAfter));

        var placed = log.Add(segment, now, ids);
        _repeats.Remember(options, now, placed, Journal);
        if (options.TrimToCount is { } keep) KeepLast(keep);
        var ticket = CommitTicket<AppendResult>.Rent(placed.ToResult(log.Number));
        Waiting.AddAppend(ticket, segment.Length);
        Enlist();
        return ticket.Task;
    }

    /// <summary>In a turn: answers from memory.</summary>
    /// <returns>Null when storage must be asked.</returns>
    private protected RecordPage? TryReadHere(in ReadQuery query)
    {
        if (Log is not { } log) return IsMissing ? RecordPage.Empty(Sequence.First, Sequence.First, Sequence.None) : null;
        if (!TryApplyRetention()) return null;
        var low = log.ReadableLow;
        if (log.High < low) return CachedReads.Empty(log, log.Next);
        if (query.FromTime is { } time)
        {
            if (log.Cache.Find(time) is not { } batch) return null;
            return TryReadHere(query with { FromTime = null, From = CachedReads.At(batch.Header.First, batch.Header.FirstTime, batch.Header.Count, time, query.Backwards) });
        }

        return query.Backwards ? CachedReads.TryDown(log, low, query) : CachedReads.TryUp(log, low, query);
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
                var place = await Home.Store.FindAsync(stream, time, cancel);
                query = query with
                {
                    FromTime = null,
                    From = place is { } found ? CachedReads.At(found.First, found.FirstTime, found.Count, time, query.Backwards) : query.Backwards ? Sequence.None : Sequence.First,
                };
                continue;
            }

            return query.Backwards ? await Stored.ReadDownAsync(stream, low, high, query, cancel) : await Stored.ReadUpAsync(stream, low, high, query, cancel);
        }
    }
}
