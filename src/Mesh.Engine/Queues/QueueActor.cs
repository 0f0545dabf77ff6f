using Mesh.Engine.Claims;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>One queue: a log and the claims on it. A claim, ack or delivery is answered when its journal entry is durable.</summary>
public sealed class QueueActor(StreamName name, EngineContext engine, DeadLetterTarget deadLetters) : QueueReader(name, engine), IQueue
{
    /// <summary>Records that one call takes at most.</summary>
    private const int TakeMax = 1000;

    /// <summary>Records that one call moves to the dead letters at most; the next calls move the others.</summary>
    private const int DyingMax = 100;

    /// <summary>Bytes read to see whether the oldest record has expired.</summary>
    private const int HeadBytes = 64 * 1024;

    private static readonly TimeSpan TermMax = TimeSpan.FromDays(366);

    private readonly LookAhead _ahead = new();
    private bool _wasUsed;

    public async ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default)
    {
        Check(terms);
        var id = new ClaimId(Guid.NewGuid());
        var taking = await TakeAsync(limit, (entries, now) => Table.Claim(id, entries, terms, now), terms.VisibilityTimeout, cancel);
        return new ClaimResult(taking.Entries.Count > 0 ? id : null, taking.ToPage());
    }

    public async ValueTask<QueuePage> PopAsync(int limit, CancellationToken cancel = default) =>
        (await TakeAsync(limit, (entries, _) => Table.Delete(entries.ConvertAll(entry => entry.Sequence)), TimeSpan.Zero, cancel)).ToPage();

    public ValueTask<bool> ExtendAsync(ClaimId claim, ClaimTerms terms, CancellationToken cancel = default)
    {
        Check(terms);
        return ChangeAsync(now => Table.Extend(claim, terms, now));
    }

    public async ValueTask ReleaseAsync(ClaimId claim, CancellationToken cancel = default) => await ChangeAsync(_ => Table.Release(claim));

    public ValueTask<AckResult> AckAsync(Sequence sequence, ClaimId? claim, CancellationToken cancel = default) =>
        ChangeAsync(_ => Table.Ack(sequence, claim, Log!.High));

    public ValueTask<int> DeleteAsync(IReadOnlyList<Sequence> sequences, CancellationToken cancel = default) => ChangeAsync(_ => Delete(sequences));

    public async ValueTask<QueueStats> StatsAsync(CancellationToken cancel = default)
    {
        await SweepAsync(cancel);
        var ends = await EndsAsync(cancel);
        lock (Turn)
        {
            if (Log is not { } log) return new QueueStats(0, 0, ends);
            return new QueueStats(Table.Held, Table.CountThrough(log.High) - Table.Held, ends);
        }
    }

    private protected override async ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries) =>
        await base.RebuildAsync(opened, log, entries) + _ahead.Clear;

    private protected override void OnReset()
    {
        base.OnReset();
        _ahead.Clear();
    }

    private protected override async ValueTask PrepareMaintenanceAsync()
    {
        await SweepAsync(CancellationToken.None);
        lock (Turn)
        {
            // A queue that nobody takes from holds no bytes.
            if (!_wasUsed) _ahead.Release();
            _wasUsed = false;
        }
    }

    private static void Check(in ClaimTerms terms)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(terms.VisibilityTimeout, TimeSpan.FromMicroseconds(1), nameof(terms));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(terms.VisibilityTimeout, TermMax, nameof(terms));
        ArgumentOutOfRangeException.ThrowIfLessThan(terms.Grace, TimeSpan.Zero, nameof(terms));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(terms.Grace, TermMax, nameof(terms));
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

    /// <summary>In a turn: what is gone at the head is gone for readers too, and whole batches of it are deleted.</summary>
    private void Settle()
    {
        Log!.RaiseLow(Table.Low < Log.PendingNext ? Table.Low : Log.PendingNext);
        CountClaims();
    }

    /// <summary>In a turn: deletes those of the records that there are.</summary>
    private int Delete(IEnumerable<Sequence> sequences)
    {
        var living = sequences.Where(sequence => Table.Exists(sequence, Log!.High)).Select(sequence => sequence.Value).Distinct().ToList();
        if (living.Count > 0) Table.Delete(living);
        return living.Count;
    }

    /// <summary>Takes the oldest free records in one turn, for a claim or for good, and answers when that is durable.</summary>
    /// <param name="limit">So many at most.</param>
    /// <param name="take">In the turn: takes them; not called when there are none.</param>
    /// <param name="hiddenFor">How long dead letters that are met on the way stay hidden where they go.</param>
    /// <param name="cancel">Ends the call.</param>
    private async ValueTask<Taking> TakeAsync(int limit, Action<List<ClaimEntry>, RecordTime> take, TimeSpan hiddenFor, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TakeMax);
        var brought = new Dictionary<long, BatchSlice>();
        while (true)
        {
            await EnsureOpenAsync(null);
            Taking taking;
            Sequence? toRead;
            ValueTask<bool> durable = new(true);
            lock (Turn)
            {
                taking = new Taking(Log?.Number, Engine.Clock.Now());
                if (IsMissing) return taking;
                if (!IsOpen) continue;
                _wasUsed = true;
                Advance(taking.Now);
                toRead = Examine(limit, taking.Now);
                if (toRead is null && Choose(taking, limit, brought))
                {
                    take(taking.Entries, taking.Now);
                    taking.Complete();
                    Settle();
                    durable = AfterCommit(true);
                }
            }

            if (toRead is { } from)
            {
                await ReadAheadAsync(taking.Stream!.Value, from, new ReadQuery().BytesMax, cancel);
                continue;
            }

            if (taking.Missing.Count > 0)
            {
                await BringAsync(taking, brought, cancel);
                continue;
            }

            await durable;
            if (taking.Dying.Count > 0) await MoveToDeadLettersAsync(taking, hiddenFor, cancel);
            return taking;
        }
    }

    /// <summary>In a turn: looks at records until so many are free.</summary>
    /// <returns>From where records must be read first; null when there is nothing more to look at.</returns>
    private Sequence? Examine(int limit, RecordTime now)
    {
        while (Table.FreeCount < limit && Table.Frontier <= Log!.High && !Table.IsFull)
        {
            if (!_ahead.TryPeek(Table.Frontier, out var terms)) return _ahead.NextToRead(Table.Frontier);
            if (Table.Examine(terms, now)) _ahead.SetAside();
        }

        return null;
    }

    /// <summary>In a turn: the oldest free records with their bytes, and the spent ones among them.</summary>
    /// <returns>True when there are some to be taken now; their bytes must be at hand, for what is taken for good may be deleted in storage at once.</returns>
    private bool Choose(Taking taking, int limit, Dictionary<long, BatchSlice> brought)
    {
        foreach (var entry in Table.Free().Take(limit))
        {
            if (taking.IsFull) break;
            if (_ahead.TryFind(entry.Sequence, out var slice) || brought.TryGetValue(entry.Sequence, out slice)) taking.Add(entry, slice);
            else taking.Missing.Add(new Sequence(entry.Sequence));
        }

        if (taking.Missing.Count > 0) return false;
        foreach (var entry in taking.Entries) _ahead.Drop(entry.Sequence);
        var end = taking.Entries.Count == limit || taking.IsFull ? taking.Entries[^1].Sequence : long.MaxValue;
        taking.Dying.AddRange(Table.Spent().TakeWhile(entry => entry.Sequence < end).Take(DyingMax));
        foreach (var entry in taking.Dying) Table.Bury(entry);
        return taking.Entries.Count > 0;
    }

    /// <summary>Brings the bytes of free records to hand, as many as fit into an answer. Those that cannot be read are deleted.</summary>
    private async ValueTask BringAsync(Taking taking, Dictionary<long, BatchSlice> brought, CancellationToken cancel)
    {
        var picked = await PickAsync(taking.Stream!.Value, taking.Missing, QueuePageBuilder.BytesMax, cancel);
        foreach (var slice in picked.Slices) brought[QueuePageBuilder.SequenceOf(slice).Value] = slice;
        var damaged = taking.Missing.Take(picked.Looked).Where(sequence => !brought.ContainsKey(sequence.Value)).ToList();
        if (damaged.Count == 0) return;
        lock (Turn)
        {
            if (IsOpen && Log!.Number == taking.Stream) Delete(damaged);
        }
    }

    private async ValueTask ReadAheadAsync(StreamNumber stream, Sequence from, int bytesMax, CancellationToken cancel)
    {
        var page = await ReadAsync(new ReadQuery { From = from, RecordsMax = LookAhead.RecordsMax, BytesMax = bytesMax }, cancel);
        lock (Turn)
        {
            // A queue made anew meanwhile has other records.
            if (Log?.Number != stream) return;
            if (page.Count > 0) _ahead.Add(page, from, Table.Frontier);
            else if (_ahead.NextToRead(Table.Frontier) == from) Table.SkipTo(page.Next);
        }
    }

    /// <summary>Deletes records that have expired at the head of the queue, where they would be counted although nobody can have them.</summary>
    private async ValueTask SweepAsync(CancellationToken cancel)
    {
        for (Sequence? toRead = Sequence.First; toRead is not null;)
        {
            StreamNumber stream;
            lock (Turn)
            {
                if (!IsOpen) return;
                stream = Log!.Number;
                var now = Engine.Clock.Now();
                Advance(now);
                toRead = Sweep(now);
                Settle();
            }

            if (toRead is { } from) await ReadAheadAsync(stream, from, HeadBytes, cancel);
        }
    }

    /// <summary>In a turn: looks at records at the frontier as long as nothing before it is left, and the next one has expired.</summary>
    /// <returns>From where records must be read first; null when that is done.</returns>
    private Sequence? Sweep(RecordTime now)
    {
        while (true)
        {
            Table.SkipTo(Table.Low < Table.Frontier ? Table.Frontier : Table.Low);
            if (Table.Low < Table.Frontier || Table.Frontier > Log!.High) break;
            if (_ahead.Head.Sequence == Table.Frontier.Value && _ahead.Head.ExpiresAt > now) break;
            if (!_ahead.TryPeek(Table.Frontier, out var terms)) return _ahead.NextToRead(Table.Frontier);
            _ahead.Head = terms;
            if (terms.ExpiresAt > now) Table.SkipTo(new Sequence(terms.Sequence));
            else Table.Examine(terms, now);
        }

        Table.WriteExamined();
        return null;
    }

    /// <summary>Appends what was delivered too often to the queue for dead letters, and only then deletes it here: a crash in between repeats the append, which
    /// the dedupe window makes one. What the call has taken is durable and is answered, whatever becomes of the move: the next call tries it again.</summary>
    private async ValueTask MoveToDeadLettersAsync(Taking taking, TimeSpan hiddenFor, CancellationToken cancel)
    {
        try
        {
            var moved = await MoveAsync(taking, hiddenFor, cancel);
            await ChangeAsync(_ => Log!.Number == taking.Stream ? Delete(moved) : 0);
        }
        catch (Exception reason) when (taking.Entries.Count > 0 && reason is StorageUnavailableException or StreamFencedException)
        {
            EngineMetrics.OnMoveFailed();
        }
        finally
        {
            lock (Turn)
            {
                foreach (var entry in taking.Dying) Table.Exhume(entry);
            }
        }
    }

    /// <returns>The records that are in the other queue now, or cannot be read.</returns>
    private async ValueTask<List<Sequence>> MoveAsync(Taking taking, TimeSpan hiddenFor, CancellationToken cancel)
    {
        // The options may have changed since.
        if (Options.DeadLetterQueue is not { } queue) return [];
        var target = deadLetters(StreamName.Queue(queue, Name.Project));
        var dying = taking.Dying.ToDictionary(entry => new Sequence(entry.Sequence));
        var sequences = dying.Keys.ToList();
        var picked = await PickAsync(taking.Stream!.Value, sequences, QueuePageBuilder.BytesMax, cancel);
        var moves = new List<Task<AppendResult>>(picked.Slices.Count);
        var moving = new List<Sequence>(picked.Slices.Count);
        foreach (var slice in picked.Slices)
        {
            var sequence = QueuePageBuilder.SequenceOf(slice);
            var segment = DeadLetters.Encode(slice, dying[sequence].ExpiresAt, taking.Now, Options.DeadLetterTtl, hiddenFor);
            moves.Add(target.AppendAsync(segment, new AppendOptions { DedupeId = DeadLetters.MoveId(taking.Stream.Value, sequence) }).AsTask());
            moving.Add(sequence);
        }

        var results = await Task.WhenAll(moves);
        var kept = moving.Where((_, i) => results[i] is not (AppendResult.Appended or AppendResult.Duplicate)).ToHashSet();
        return sequences.Take(picked.Looked).Where(sequence => !kept.Contains(sequence)).ToList();
    }
}
