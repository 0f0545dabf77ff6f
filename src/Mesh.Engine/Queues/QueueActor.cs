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
/// One queue: a log and the claims on it. Opening it reads one snapshot and a bounded journal (<see cref="StreamJournal"/>), never the backlog. A claim, ack
/// or delivery is answered when its journal entry is durable.
/// </summary>
public sealed class QueueActor : StreamActor, IQueue
{
    /// <summary>Records deleted because they expired at the head of the queue, in one turn at most.</summary>
    private const int SweepMax = 10_000;

    private readonly DeadLetterTarget _deadLetters;
    private readonly LookAhead _ahead = new();
    private StreamOptions _options = StreamOptions.Default;
    private ClaimTable _table;
    private int _claimsCounted;

    public QueueActor(StreamName name, EngineContext engine, DeadLetterTarget deadLetters)
        : base(name, engine)
    {
        _deadLetters = deadLetters;
        _table = NewTable();
    }

    public async ValueTask<QueuePage> ListAsync(QueueQuery query, CancellationToken cancel = default)
    {
        var slices = new List<BatchSlice>();
        var states = new List<QueueRecordState>();
        var producer = query.ExceptProducer is null ? null : Encoding.UTF8.GetBytes(query.ExceptProducer);
        for (var next = query.After.Next(); ;)
        {
            var page = await ReadAsync(new ReadQuery { From = next }, cancel);
            var now = Engine.Clock.Now();
            lock (Turn)
            {
                Advance(now);
                Filter(page, query, producer, now, slices, states);
                next = page.Next;
                if (slices.Count >= query.RecordsMax || page.Count == 0) return NewPage(Log?.Number, slices, states, now);
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
            if (Log is not { } log) return NewPage(null, [], [], now);
            Advance(now);
            stream = log.Number;
            living = [.. sequences.Where(sequence => _table.Exists(sequence, log.High) && sequence >= log.ReadableLow)];
        }

        return await PageOfAsync(stream, living, now, cancel);
    }

    public async ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default)
    {
        var id = new ClaimId(Guid.NewGuid());
        var taking = await TakeAsync(limit, (entries, now) => _table.Claim(id, entries, terms, now), cancel);
        await MoveToDeadLettersAsync(taking, terms.VisibilityTimeout, cancel);
        return new ClaimResult(taking.Entries.Count > 0 ? id : null, PageOf(taking));
    }

    public async ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default)
    {
        var taking = await TakeAsync(limit, (entries, _) => _table.Delete(entries.ConvertAll(entry => entry.Sequence)), cancel);
        await MoveToDeadLettersAsync(taking, TimeSpan.Zero, cancel);
        return PageOf(taking);
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
            if (_table.Find(claim) is not { } live) return null;
            (stream, timeout, age) = (log.Number, live.Timeout, now.Since(live.At));
            held = live.Entries.ConvertAll(entry => new Sequence(entry.Sequence));
        }

        held.Sort();
        return new ClaimView(claim, timeout, age, await PageOfAsync(stream, held, now, cancel));
    }

    public ValueTask<bool> ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel = default) =>
        ChangeAsync(now => _table.Extend(claim, terms, now));

    public async ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel = default) => await ChangeAsync(_ => _table.Release(claim));

    public ValueTask<AckResult> AckAsync(Sequence sequence, ClaimId? claim, CancellationToken cancel = default) =>
        ChangeAsync(_ => _table.Ack(sequence, claim, Log!.High));

    public ValueTask<int> DeleteAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => ChangeAsync(_ =>
    {
        var living = sequences.Where(sequence => _table.Exists(sequence, Log!.High)).Select(sequence => sequence.Value).Distinct().ToList();
        if (living.Count > 0) _table.Delete(living);
        return living.Count;
    });

    public async ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default)
    {
        await SweepAsync(cancel);
        var oldest = await ListAsync(new QueueQuery { RecordsMax = 1, IncludeClaimed = true, IncludeDelayed = true }, cancel);
        var newest = await NewestAsync(cancel);
        lock (Turn)
        {
            if (Log is not { } log) return new QueueStats(0, 0, oldest);
            var total = _table.CountThrough(log.High);
            return new QueueStats(_table.Held, total - _table.Held, Join(oldest, newest));
        }
    }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries)
    {
        var takeOver = await base.RebuildAsync(opened, log, entries);
        var table = NewTable();
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
            _table = table;
            _options = opened.Entry.Options;
            _ahead.Clear();
            CountClaims();
        };
    }

    private protected override void WriteSnapshot(IBufferWriter<byte> target)
    {
        base.WriteSnapshot(target);
        var claims = new ArrayBufferWriter<byte>(4096);
        _table.WriteSnapshot(claims);
        StreamJournal.WriteEntry(target, JournalOp.Claims, claims.WrittenSpan);
    }

    private protected override void OnTrimmed(Sequence low) => _table.TrimBelow(low);

    private protected override void OnReset()
    {
        _table = NewTable();
        _ahead.Clear();
        CountClaims();
    }

    private protected override ValueTask PrepareMaintenanceAsync() => SweepAsync(CancellationToken.None);

    private ClaimTable NewTable() => new(change => AddJournal(JournalOp.Claims, change));

    /// <summary>In a turn: brings the claims up to now.</summary>
    private void Advance(RecordTime now)
    {
        _table.Advance(now);
        CountClaims();
    }

    /// <summary>In a turn: what is gone at the head is gone for readers too, and whole batches of it are deleted.</summary>
    private void Settle()
    {
        Log!.RaiseLow(_table.Low < Log.PendingNext ? _table.Low : Log.PendingNext);
        CountClaims();
    }

    private void CountClaims()
    {
        if (_table.Claims == _claimsCounted) return;
        EngineMetrics.ClaimsHeld.Add(_table.Claims - _claimsCounted);
        _claimsCounted = _table.Claims;
    }

    /// <summary>Makes one change in a turn and answers when it is durable. A queue that does not exist gives the answer of an empty one.</summary>
    private async ValueTask<T> ChangeAsync<T>(Func<RecordTime, T> change)
    {
        while (true)
        {
            await EnsureOpenAsync(null);
            ValueTask<T> changed;
            lock (Turn)
            {
                if (IsMissing) return default!;
                if (!IsOpen) continue;
                var now = Engine.Clock.Now();
                Advance(now);
                var answer = change(now);
                Settle();
                changed = AfterCommit(answer);
            }

            return await changed;
        }
    }

    /// <summary>Takes the oldest free records in one turn, for a claim or for good, and answers when that is durable.</summary>
    private async ValueTask<Taking> TakeAsync(int limit, Action<List<ClaimEntry>, RecordTime> take, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var dying = new List<ClaimEntry>();
        while (true)
        {
            await EnsureOpenAsync(null);
            Taking taking;
            ValueTask<bool> durable = new(true);
            Sequence? toRead;
            lock (Turn)
            {
                taking = new Taking(Log?.Number, Engine.Clock.Now(), dying);
                if (IsMissing) return taking;
                if (!IsOpen) continue;
                Advance(taking.Now);
                toRead = Examine(limit, taking.Now, dying);
                if (toRead is null)
                {
                    Choose(limit, taking);
                    if (taking.Missing.Count == 0 && taking.Entries.Count > 0)
                    {
                        take(taking.Entries, taking.Now);
                        taking.States = taking.Entries.ConvertAll(entry => new QueueRecordState(entry.Claim?.Id, entry.Deliveries, entry.ExpiresAt));
                        Settle();
                        durable = AfterCommit(true);
                    }
                }
            }

            if (toRead is { } from)
            {
                await ReadAheadAsync(from, cancel);
                continue;
            }

            if (taking.Missing.Count > 0)
            {
                await BringAsync(taking, cancel);
                continue;
            }

            await durable;
            return taking;
        }
    }

    /// <summary>In a turn: looks at records until so many are free.</summary>
    /// <returns>From where records must be read first; null when there is nothing more to look at.</returns>
    private Sequence? Examine(int limit, RecordTime now, List<ClaimEntry> dying)
    {
        BuryDelivered(limit, dying);
        while (_table.FreeCount < limit && _table.Frontier <= Log!.High && !_table.IsFull)
        {
            if (!_ahead.TryPeek(_table.Frontier, out var terms)) return _ahead.NextToRead(_table.Frontier);
            _ahead.SetAsideFirst();
            _table.Examine(terms, now);
        }

        return null;
    }

    /// <summary>In a turn: puts those of the oldest free records out of reach that were delivered too often already.</summary>
    private void BuryDelivered(int limit, List<ClaimEntry> dying)
    {
        if (_options is not { DeliveryCountMax: { } max, DeadLetterQueue: not null }) return;
        var first = dying.Count;
        var others = 0;
        foreach (var entry in _table.Free())
        {
            if (entry.Deliveries >= max) dying.Add(entry);
            else if (++others == limit) break;
        }

        for (var i = first; i < dying.Count; i++) _table.Bury(dying[i]);
    }

    /// <summary>In a turn: the oldest free records.</summary>
    private void Choose(int limit, Taking taking)
    {
        taking.Entries.AddRange(_table.Free().Take(limit));
        foreach (var entry in taking.Entries)
        {
            if (_ahead.TryFind(entry.Sequence, out var slice)) taking.Slices.Add(slice);
            else taking.Missing.Add(new Sequence(entry.Sequence));
        }

        if (taking.Missing.Count > 0) return;
        foreach (var entry in taking.Entries) _ahead.Drop(entry.Sequence);
    }

    /// <summary>Brings the bytes of free records to hand, so that they can be taken in one turn: what is taken for good may be deleted in storage at once.</summary>
    private async ValueTask BringAsync(Taking taking, CancellationToken cancel)
    {
        foreach (var sequence in taking.Missing)
        {
            var picked = await PickAsync(taking.Stream!.Value, [sequence], cancel);
            lock (Turn)
            {
                if (Log?.Number != taking.Stream) return;
                if (picked.Count > 0) _ahead.SetAside(sequence.Value, picked[0]);
                else if (IsOpen) _table.Delete([sequence.Value]);
            }
        }
    }

    private async ValueTask ReadAheadAsync(Sequence from, CancellationToken cancel)
    {
        var page = await ReadAsync(new ReadQuery { From = from, RecordsMax = LookAhead.RecordsMax }, cancel);
        lock (Turn)
        {
            if (page.Count > 0) _ahead.Add(page, from, _table.Frontier);
            else if (_ahead.NextToRead(_table.Frontier) == from) _table.SkipTo(page.Next);
        }
    }

    private async ValueTask<QueuePage> PageOfAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, RecordTime now, CancellationToken cancel)
    {
        var slices = await PickAsync(stream, sequences, cancel);
        var living = new List<BatchSlice>(slices.Count);
        var states = new List<QueueRecordState>(slices.Count);
        lock (Turn)
        {
            foreach (var slice in slices)
            {
                foreach (var record in slice)
                {
                    var state = StateOf(record);
                    if (state.ExpiresAt <= now && state.Claim is null) continue;
                    living.Add(slice);
                    states.Add(state);
                }
            }
        }

        return NewPage(stream, living, states, now);
    }

    /// <summary>In a turn: the records of a page that the query wants.</summary>
    private void Filter(RecordPage page, QueueQuery query, byte[]? producer, RecordTime now, List<BatchSlice> slices, List<QueueRecordState> states)
    {
        foreach (var slice in page.Slices)
        {
            var walker = slice.GetEnumerator();
            while (slices.Count < query.RecordsMax && walker.MoveNext())
            {
                var record = walker.Current;
                if (_table.IsGone(record.Sequence.Value) || _table.EntryOf(record.Sequence.Value) is { IsDying: true }) continue;
                var state = StateOf(record);
                if (state.Claim is null && state.ExpiresAt <= now) continue;
                if (state.Claim is not null && !query.IncludeClaimed) continue;
                if (record.VisibleAt > now && !query.IncludeDelayed) continue;
                if (producer is not null && record.Producer.SequenceEqual(producer)) continue;
                slices.Add(new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1));
                states.Add(state);
            }
        }
    }

    private QueueRecordState StateOf(in RecordView record) => _table.EntryOf(record.Sequence.Value) is { } entry
        ? new QueueRecordState(entry.Claim?.Id, entry.Deliveries, entry.ExpiresAt)
        : new QueueRecordState(null, 0, record.ExpiresAt);

    private static QueuePage PageOf(Taking taking) => NewPage(taking.Stream, taking.Slices, taking.States, taking.Now);

    private static QueuePage NewPage(StreamNumber? stream, List<BatchSlice> slices, List<QueueRecordState> states, RecordTime now) =>
        new(stream, new RecordPage(slices, Sequence.None, Sequence.None, Sequence.None), states, now);

    private async ValueTask<QueuePage> NewestAsync(CancellationToken cancel)
    {
        var all = new QueueQuery { RecordsMax = 1, IncludeClaimed = true, IncludeDelayed = true };
        var slices = new List<BatchSlice>();
        var states = new List<QueueRecordState>();
        for (var query = ReadQuery.Last(100); ;)
        {
            var page = await ReadAsync(query, cancel);
            var now = Engine.Clock.Now();
            lock (Turn) Filter(page, all, null, now, slices, states);
            if (slices.Count > 0 || page.Count == 0) return NewPage(null, slices, states, now);
            query = query with { From = page.Next };
        }
    }

    private static QueuePage Join(QueuePage oldest, QueuePage newest)
    {
        if (oldest.States.Count == 0 || newest.States.Count == 0 || oldest.Records.Slices[0] == newest.Records.Slices[0]) return oldest;
        var slices = new List<BatchSlice> { oldest.Records.Slices[0], newest.Records.Slices[0] };
        return NewPage(oldest.Stream, slices, [oldest.States[0], newest.States[0]], oldest.Now);
    }

    /// <summary>Deletes records that have expired at the head of the queue, where they would be counted although nobody can have them.</summary>
    private async ValueTask SweepAsync(CancellationToken cancel)
    {
        for (Sequence? toRead = Sequence.First; toRead is not null;)
        {
            lock (Turn)
            {
                if (!IsOpen) return;
                var now = Engine.Clock.Now();
                Advance(now);
                toRead = Sweep(now);
                Settle();
            }

            if (toRead is { } from) await ReadAheadAsync(from, cancel);
        }
    }

    private Sequence? Sweep(RecordTime now)
    {
        for (var swept = 0; swept < SweepMax && _table.Low == _table.Frontier && _table.Frontier <= Log!.High; swept++)
        {
            if (!_ahead.TryPeek(_table.Frontier, out var terms)) return _ahead.NextToRead(_table.Frontier);
            if (terms.ExpiresAt > now && !_table.IsGone(terms.Sequence)) break;
            _table.Examine(terms, now);
        }

        _table.WriteExamined();
        return null;
    }

    /// <summary>Appends what was delivered too often to the queue for dead letters, and only then deletes it here: a crash in between repeats the append, which
    /// the dedupe window makes one.</summary>
    private async ValueTask MoveToDeadLettersAsync(Taking taking, TimeSpan hiddenFor, CancellationToken cancel)
    {
        foreach (var entry in taking.Dying)
        {
            var isMoved = false;
            try
            {
                isMoved = await MoveAsync(taking.Stream!.Value, entry, taking.Now, hiddenFor, cancel);
            }
            finally
            {
                if (!isMoved)
                {
                    lock (Turn) _table.Exhume(entry);
                }
            }

            if (isMoved) await ChangeAsync(_ => Delete(entry.Sequence));
        }
    }

    private bool Delete(long sequence)
    {
        _table.Delete([sequence]);
        return true;
    }

    private async ValueTask<bool> MoveAsync(StreamNumber stream, ClaimEntry entry, RecordTime now, TimeSpan hiddenFor, CancellationToken cancel)
    {
        var sequence = new Sequence(entry.Sequence);
        var picked = await PickAsync(stream, [sequence], cancel);
        if (picked.Count == 0) return true;
        var target = _deadLetters(StreamName.Queue(_options.DeadLetterQueue!, Name.Project));
        var segment = DeadLetters.Encode(picked[0], entry.ExpiresAt, now, _options.DeadLetterTtl, hiddenFor);
        var result = await target.AppendAsync(segment, new AppendOptions { DedupeId = DeadLetters.MoveId(stream, sequence) });
        return result is AppendResult.Appended or AppendResult.Duplicate;
    }

}
