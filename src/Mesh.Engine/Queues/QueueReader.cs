using System.Buffers;
using System.Text;
using Mesh.Engine.Claims;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>
/// A queue as its readers see it: its log, less what the claims say is gone. Opening it reads one snapshot and a bounded journal
/// (<see cref="StreamJournal"/>), never the backlog. What changes it is <see cref="QueueActor"/>'s.
/// </summary>
public abstract class QueueReader : StreamActor
{
    private static readonly QueueQuery AnyOne = new() { RecordsMax = 1, IncludeClaimed = true, IncludeDelayed = true };

    private readonly ClaimChanges _changes;
    private int _claimsCounted;
    private long _freedCounted;

    private protected QueueReader(StreamName name, EngineContext engine)
        : base(name, engine)
    {
        Table = NewTable();
        _changes = new ClaimChanges(engine.Clock.Now().Micros);
    }

    private protected ClaimTable Table { get; private set; }

    private protected StreamOptions Options { get; private set; } = StreamOptions.Default;

    /// <summary>Live records in order, without those a reader should not see. The page may end early, at <see cref="QueuePageBuilder.BytesMax"/>.</summary>
    public async ValueTask<QueuePage> ListAsync(QueueQuery query, CancellationToken cancel = default)
    {
        var found = new QueuePageBuilder();
        for (var next = query.After.Next(); ;)
        {
            await EnsureReadableAsync();
            lock (Turn) next = Table.NextNotGone(next);
            var page = await ReadAsync(new ReadQuery { From = next }, cancel);
            var now = Engine.Clock.Now();
            lock (Turn)
            {
                Advance(now);
                Filter(page, query, now, found);
                next = page.Next;
                if (page.Count == 0 || found.Count >= query.RecordsMax || found.IsFull) return found.ToPage(Log?.Number, now);
            }
        }
    }

    public async ValueTask<QueuePage> GetAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default)
    {
        await EnsureReadableAsync();
        List<Sequence> living;
        StreamNumber stream;
        var now = Engine.Clock.Now();
        lock (Turn)
        {
            if (Log is not { } log) return new QueuePageBuilder().ToPage(null, now);
            Advance(now);
            stream = log.Number;
            living = [.. sequences.Where(sequence => Table.Exists(sequence, log.High) && sequence >= log.ReadableLow)];
        }

        return await PageOfAsync(stream, living, now, cancel);
    }

    public async ValueTask<ClaimView?> FindClaimAsync(ClaimId claim, CancellationToken cancel = default)
    {
        await EnsureReadableAsync();
        List<Sequence> held;
        StreamNumber stream;
        TimeSpan timeout, age;
        var now = Engine.Clock.Now();
        lock (Turn)
        {
            if (Log is not { } log) return null;
            Advance(now);
            if (Table.Find(claim) is not { } live) return null;
            (stream, timeout, age) = (log.Number, live.Timeout, now.Since(live.At));
            held = live.Entries.ConvertAll(entry => new Sequence(entry.Sequence));
        }

        held.Sort();
        return new ClaimView(claim, timeout, age, await PageOfAsync(stream, held, now, cancel));
    }

    public async ValueTask<long> WaitChangeAsync(long seen, TimeSpan timeout, CancellationToken cancel = default)
    {
        var since = Engine.Clock.Source.GetTimestamp();
        while (true)
        {
            await EnsureReadableAsync();
            TaskCompletionSource signal;
            TimeSpan sleep;
            lock (Turn)
            {
                var now = Engine.Clock.Now();
                if (Log is not null) Advance(now);
                var left = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - Engine.Clock.Source.GetElapsedTime(since);
                if (_changes.Count != seen || left <= TimeSpan.Zero) return _changes.Count;
                var next = Table.NextAt;
                sleep = next < RecordTime.Max && next.Since(now) < left ? next.Since(now) : left;
                signal = _changes.Add(next);
                NoteAwaited();
            }

            await SleepAsync(signal, sleep, cancel);
        }
    }

    /// <summary>The oldest and the newest live record; once if they are the same.</summary>
    private protected async ValueTask<QueuePage> EndsAsync(CancellationToken cancel)
    {
        var ends = new QueuePageBuilder();
        await FindEndAsync(ends, backwards: false, cancel);
        var newest = new QueuePageBuilder();
        await FindEndAsync(newest, backwards: true, cancel);
        ends.AddOthers(newest);
        lock (Turn) return ends.ToPage(Log?.Number, Engine.Clock.Now());
    }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var takeOver = await base.RebuildAsync(opened, log, entries);
        var options = opened.Entry.Options;
        var table = NewTable(options);
        foreach (var entry in entries)
        {
            if (entry.Op != JournalOp.Claims) continue;
            if (entry.IsSnapshot) table.ReadSnapshot(entry.Payload.Span);
            else table.Apply(entry.Payload.Span);
        }

        table.TrimBelow(log.Low);
        return () =>
        {
            takeOver();
            Table = table;
            Options = options;
            CountClaims();
            _changes.Announce();
        };
    }

    internal override void WriteSnapshot(IBufferWriter<byte> target)
    {
        base.WriteSnapshot(target);
        var claims = new ArrayBufferWriter<byte>(4096);
        Table.WriteSnapshot(claims);
        StreamJournal.WriteEntry(target, JournalOp.Claims, claims.WrittenSpan);
    }

    private protected override bool IsAwaited => base.IsAwaited || _changes.Waiting > 0;

    internal override void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch) => _changes.Announce();

    private protected override void OnTrimmed(Sequence low) => Table.TrimBelow(low);

    private protected override void OnReset()
    {
        Table = NewTable();
        CountClaims();
        _changes.Announce();
    }

    /// <summary>In a turn: brings the claims up to now.</summary>
    private protected void Advance(RecordTime now)
    {
        Table.Advance(now);
        CountClaims();
    }

    /// <summary>In a turn, after a change of the claims: counts them, and wakes who waits for what they have let go.</summary>
    private protected void CountClaims()
    {
        if (Table.Freed != _freedCounted) _changes.Announce();
        _freedCounted = Table.Freed;
        if (_changes.Waiting > 0) _changes.Note(Table.NextAt);
        if (Table.Claims == _claimsCounted) return;
        EngineMetrics.ClaimsHeld.Add(Table.Claims - _claimsCounted);
        _claimsCounted = Table.Claims;
    }

    private async ValueTask SleepAsync(TaskCompletionSource signal, TimeSpan time, CancellationToken cancel)
    {
        try
        {
            await ClaimChanges.SleepAsync(signal, time, Engine.Clock.Source, cancel);
        }
        finally
        {
            lock (Turn)
            {
                _changes.Remove(signal);
                NoteAwaited();
            }
        }
    }

    private ClaimTable NewTable(StreamOptions? options = null)
    {
        var deliveriesMax = options is { DeadLetterQueue: not null, DeliveryCountMax: { } max } ? Math.Max(1, max) : int.MaxValue;
        return new ClaimTable(AddChange, deliveriesMax);
    }

    /// <summary>In a turn: a change of the claims, which readers see at once.</summary>
    private void AddChange(ReadOnlySpan<byte> change)
    {
        Journal.Add(JournalOp.Claims, change);
        Stream!.SetAhead();
    }

    private async ValueTask FindEndAsync(QueuePageBuilder found, bool backwards, CancellationToken cancel)
    {
        for (var from = backwards ? Sequence.Max : Sequence.First; ;)
        {
            await EnsureReadableAsync();
            lock (Turn)
            {
                if (!backwards) from = Table.NextNotGone(from);
                else from = Log is { } log ? Table.LastNotGone(from < log.High ? from : log.High) : Sequence.None;
            }

            var page = await ReadAsync(new ReadQuery { From = from, Backwards = backwards, RecordsMax = 100 }, cancel);
            var now = Engine.Clock.Now();
            lock (Turn)
            {
                Advance(now);
                Filter(page, AnyOne, now, found);
            }

            if (found.Count > 0 || page.Count == 0) return;
            from = page.Next;
        }
    }

    private async ValueTask<QueuePage> PageOfAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, RecordTime now, CancellationToken cancel)
    {
        var slices = await PickAsync(stream, sequences, cancel);
        var living = new QueuePageBuilder();
        lock (Turn)
        {
            foreach (var slice in slices)
                foreach (var record in slice)
                    if (TryGetState(record, now, out var state)) living.Add(slice, state);
        }

        return living.ToPage(stream, now);
    }

    /// <summary>In a turn: the records of a page that the query wants.</summary>
    private void Filter(RecordPage page, QueueQuery query, RecordTime now, QueuePageBuilder found)
    {
        var producer = query.ExceptProducer is null ? null : Encoding.UTF8.GetBytes(query.ExceptProducer);
        foreach (var slice in page.Slices)
        {
            var walker = slice.GetEnumerator();
            while (found.Count < query.RecordsMax && !found.IsFull && walker.MoveNext())
            {
                var record = walker.Current;
                if (Table.IsGone(record.Sequence) || !TryGetState(record, now, out var state)) continue;
                if (state.Claim is not null && !query.IncludeClaimed) continue;
                if (record.VisibleAt > now && !query.IncludeDelayed) continue;
                if (producer is not null && record.Producer.SequenceEqual(producer)) continue;
                found.Add(new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1), state);
            }
        }
    }

    /// <returns>False when the record has expired, or is on its way to the dead letters.</returns>
    private bool TryGetState(in RecordView record, RecordTime now, out QueueRecordState state)
    {
        var entry = Table.EntryOf(record.Sequence);
        state = entry is null ? new QueueRecordState(null, 0, record.ExpiresAt) : new QueueRecordState(entry.Claim?.Id, entry.Deliveries, entry.ExpiresAt);
        return entry is not { IsDying: true } && (state.Claim is not null || state.ExpiresAt > now);
    }
}
