using Mesh.Engine.Claims;
using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>One queue: a log and the claims on it. A claim, ack or delivery is answered when its journal entry is durable.</summary>
public sealed class QueueActor(StreamName name, EngineContext engine, DeadLetterTarget deadLetters) : QueueFrontier(name, engine), IQueue
{
    /// <summary>Records that one call takes at most.</summary>
    private const int TakeMax = 1000;

    /// <summary>Records that one call moves to the dead letters at most; the next calls move the others.</summary>
    private const int DyingMax = 100;

    /// <summary>Records that <see cref="MoveAsync(StreamName, IReadOnlyList{Sequence}, TimeSpan?, CancellationToken)"/> takes.</summary>
    private const int MoveMax = 1000;

    private static readonly TimeSpan TermMax = TimeSpan.FromDays(366);

    private readonly DeadLetterMover _mover = new(deadLetters);
    private readonly DeadLetterMover _redriver = new(deadLetters);

    public ValueTask<ClaimResult> ClaimAsync(int limit, ClaimTerms terms, CancellationToken cancel = default) => ClaimAsync(new ClaimId(Guid.NewGuid()), limit, terms, cancel);

    /// <summary>As the other, under a name that the caller chose and gave to no other claim.</summary>
    public async ValueTask<ClaimResult> ClaimAsync(ClaimId id, int limit, ClaimTerms terms, CancellationToken cancel = default)
    {
        Check(terms);
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

    public async ValueTask<int> MoveAsync(StreamName target, IReadOnlyList<Sequence> sequences, TimeSpan? ttl, CancellationToken cancel = default)
    {
        if (target == Name) throw new ArgumentException($"Records of {Name} cannot be moved to {Name}.", nameof(target));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequences.Count, MoveMax, nameof(sequences));
        await EnsureOpenAsync(null);
        var page = await GetAsync(sequences, cancel);
        if (page.Stream is not { } stream || page.Records.Count == 0) return 0;
        var letters = new List<DeadLetter>();
        var buried = new List<ClaimEntry>();
        lock (Turn)
        {
            var now = Engine.Clock.Now();
            if (!IsOpen || Log!.Number != stream) throw new StreamFencedException(Name);
            Advance(now);
            Bury(page, now, ttl, letters, buried);
        }

        try
        {
            var kept = await _redriver.MoveAsync(stream, target, letters);
            var moved = letters.Select(letter => letter.Sequence).Where(sequence => !kept.Contains(sequence)).ToList();
            await ChangeAsync(_ => Log!.Number == stream ? Delete(moved) : 0);
            _redriver.Settle(stream, target, moved);
            return moved.Count;
        }
        finally
        {
            lock (Turn)
            {
                foreach (var entry in buried) Table.Exhume(entry, Engine.Clock.Now());
                CountClaims();
            }
        }
    }

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

    /// <summary>In a turn: takes the records that nobody holds out of everybody's reach, and makes of each what is to be stored elsewhere.</summary>
    private void Bury(QueuePage page, RecordTime now, TimeSpan? ttl, List<DeadLetter> letters, List<ClaimEntry> buried)
    {
        foreach (var slice in page.Records.Slices)
        {
            foreach (var record in slice)
            {
                var expiresAt = Table.EntryOf(record.Sequence)?.ExpiresAt ?? record.ExpiresAt;
                if (expiresAt <= now || Table.Bury(new RecordTerms(record.Sequence.Value, record.VisibleAt, expiresAt)) is not { } entry) continue;
                buried.Add(entry);
                letters.Add(new DeadLetter(record.Sequence, DeadLetters.Encode(slice, expiresAt, now, ttl, TimeSpan.Zero, source: null)));
            }
        }
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
                WasUsed = true;
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

    /// <summary>In a turn: the oldest free records with their bytes, and the spent ones among them.</summary>
    /// <returns>True when there are some to be taken now; their bytes must be at hand, for what is taken for good may be deleted in storage at once.</returns>
    private bool Choose(Taking taking, int limit, Dictionary<long, BatchSlice> brought)
    {
        foreach (var entry in Table.Free().Take(limit))
        {
            if (taking.IsFull) break;
            if (Ahead.TryFind(entry.Sequence, out var slice) || brought.TryGetValue(entry.Sequence, out slice)) taking.Add(entry, slice);
            else taking.Missing.Add(new Sequence(entry.Sequence));
        }

        if (taking.Missing.Count > 0) return false;
        foreach (var entry in taking.Entries) Ahead.Drop(entry.Sequence);
        var last = taking.Entries.Count == limit || taking.IsFull ? taking.Entries[^1] : null;
        taking.Dying.AddRange(Table.Spent().TakeWhile(entry => last is null || Table.ComesBefore(entry, last)).Take(DyingMax));
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

    /// <summary>Appends what was delivered too often to the queue for dead letters, and only then deletes it here: a crash in between repeats the append, which
    /// the other queue knows by where it comes from. What the call has taken is durable and is answered, whatever becomes of the move: the next call tries it again.</summary>
    private async ValueTask MoveToDeadLettersAsync(Taking taking, TimeSpan hiddenFor, CancellationToken cancel)
    {
        try
        {
            // The options may have changed since.
            if (Options.DeadLetterQueue is not { } queue) return;
            var target = StreamName.Queue(queue, Name.Project);
            var moved = await MoveAsync(taking, target, hiddenFor, cancel);
            await ChangeAsync(_ => Log!.Number == taking.Stream ? Delete(moved) : 0);
            _mover.Settle(taking.Stream!.Value, target, moved);
        }
        catch (Exception reason) when (taking.Entries.Count > 0 && reason is StorageUnavailableException or StreamFencedException)
        {
            EngineMetrics.OnMoveFailed();
        }
        finally
        {
            lock (Turn)
            {
                foreach (var entry in taking.Dying) Table.Exhume(entry, Engine.Clock.Now());
            }
        }
    }

    /// <returns>The records that are in the other queue now, or cannot be read.</returns>
    private async ValueTask<List<Sequence>> MoveAsync(Taking taking, StreamName target, TimeSpan hiddenFor, CancellationToken cancel)
    {
        var dying = taking.Dying.ToDictionary(entry => new Sequence(entry.Sequence));
        var sequences = dying.Keys.ToList();
        var picked = await PickAsync(taking.Stream!.Value, sequences, QueuePageBuilder.BytesMax, cancel);
        var letters = picked.Slices.ConvertAll(slice =>
        {
            var sequence = QueuePageBuilder.SequenceOf(slice);
            return new DeadLetter(sequence, DeadLetters.Encode(slice, dying[sequence].ExpiresAt, taking.Now, Options.DeadLetterTtl, hiddenFor, Name.Name));
        });
        var kept = await _mover.MoveAsync(taking.Stream.Value, target, letters);
        return sequences.Take(picked.Looked).Where(sequence => !kept.Contains(sequence)).ToList();
    }
}
