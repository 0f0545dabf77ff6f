using System.Buffers;
using Mesh.Engine.Commit;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Streams;

/// <summary>
/// Owns one stream: opens it, commits what waits, and recovers. Thread-safe: a turn is <see cref="Turn"/> held for the length of a method that never
/// waits; storage is only touched between turns, and what it answers is taken in by another turn. At most one commit is under way. When a
/// commit fails, or the database gives the stream to another owner, the owner steps down: what waits is refused, and the next request opens
/// the stream anew, under a higher token, from what is stored.
/// </summary>
public abstract class StreamOwner : ICommitSource
{
    private Handover? _underWay;
    private Handover? _spare;
    private OpenedStream? _opened;
    private Task? _opening;
    private State _state;
    private bool _enlisted;
    private bool _lowChanged;
    private LogTrimmer? _trimmer;

    private protected StreamOwner(StreamName name, EngineContext engine)
    {
        Name = name;
        Engine = engine;
    }

    private enum State
    {
        /// <summary>Nothing is known, or ownership was lost: open before writing.</summary>
        Closed,
        Missing,
        Open,
    }

    public StreamName Name { get; }

    private protected EngineContext Engine { get; }

    /// <summary>Held for the length of a turn.</summary>
    private protected Lock Turn { get; } = new();

    private protected Subscribers Subscribers { get; } = new();

    /// <summary>What is known of the log; null before the first opening. While the stream is closed for writing it still serves committed records.</summary>
    private protected SequencedLog? Log { get; private set; }

    /// <summary>In a turn: who waits for the next commit.</summary>
    private protected Handover Waiting { get; private set; } = new();

    private protected bool IsMissing => _state == State.Missing;

    private protected bool IsOpen => _state == State.Open;

    /// <summary>Creates the stream, or leaves an existing one as it is.</summary>
    /// <returns>True when it is new.</returns>
    public async ValueTask<bool> CreateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata)
    {
        await EnsureOpenAsync(null);
        lock (Turn)
        {
            if (_state == State.Open) return false;
        }

        var seed = new StreamSeed(options, metadata.ToArray(), Engine.Clock.Now());
        await EnsureOpenAsync(seed);
        lock (Turn) return _opened is { IsNew: true } opened && opened.Entry.Created == seed.Created;
    }

    /// <summary>The stream's line in the catalogue; null when it does not exist.</summary>
    public async ValueTask<StreamEntry?> EntryAsync()
    {
        await EnsureReadableAsync();
        lock (Turn) return Log is null ? null : _opened?.Entry;
    }

    /// <summary>The catalogue has deleted the stream: what waits is refused, and it reads as empty from now on.</summary>
    public void Forget()
    {
        lock (Turn)
        {
            StepDown(new StreamFencedException(Name));
            Log = null;
            _opened = null;
            _state = State.Missing;
            OnReset();
            Subscribers.Wake(Sequence.Max);
        }
    }

    /// <summary>Opens the stream anew, so that changed options count. What was appended before is committed first.</summary>
    public async ValueTask ReloadAsync()
    {
        await CloseAsync();
        await EnsureOpenAsync(null);
    }

    /// <summary>Commits what was appended before, and gives the stream up: whoever asks next opens it, here or elsewhere.</summary>
    public async ValueTask CloseAsync()
    {
        while (true)
        {
            ValueTask<bool> committed;
            lock (Turn)
            {
                if (_state == State.Open && !_enlisted) _state = State.Closed;
                if (_state != State.Open) return;
                committed = AfterCommit(true);
            }

            await committed;
        }
    }

    /// <summary>Deletes in storage what retention has taken from readers, if anything. Called by the host now and then.</summary>
    public async ValueTask MaintainAsync()
    {
        lock (Turn)
        {
            if (_state != State.Open) return;
        }

        await PrepareMaintenanceAsync();
        if (await LoadPlacesAsync() is not { } log) return;
        lock (Turn)
        {
            if (_state == State.Open && Log == log && _trimmer!.IsBehind(log)) Enlist();
        }
    }

    StreamCommit? ICommitSource.TakeCommit()
    {
        lock (Turn)
        {
            var commit = _state == State.Open ? BuildCommit(Log!) : null;
            if (commit is null)
            {
                Waiting.Succeed();
                Waiting.Reset();
                _enlisted = false;
                return null;
            }

            _underWay = Waiting;
            _underWay.Log = Log;
            _underWay.JournalNumber = commit.Journal?.Number ?? 0;
            Waiting = _spare ?? new Handover();
            _spare = null;
            return commit;
        }
    }

    CommitTally ICommitSource.EndCommit(CommitOutcome outcome)
    {
        Handover ended;
        CommitTally tally = default;
        lock (Turn)
        {
            ended = TakeUnderWay();
            var isCurrent = ended.Log == Log && _state == State.Open;
            if (isCurrent && outcome == CommitOutcome.Committed)
            {
                tally = ShowCommitted(ended);
            }
            else if (isCurrent)
            {
                // What is known of the stream may be stale, even for readers.
                StepDown(new StreamFencedException(Name));
                Log = null;
            }

            EnlistAgain();
        }

        if (outcome == CommitOutcome.Committed) ended.Succeed();
        else ended.Fail(new StreamFencedException(Name));
        Recycle(ended);
        return tally;
    }

    void ICommitSource.FailCommit(Exception reason)
    {
        Handover ended;
        OpenedStream? before;
        Sequence next;
        lock (Turn)
        {
            ended = TakeUnderWay();
            before = _opened;
            next = ended.Log!.AfterSealed.Next;
            if (ended.Log == Log) StepDown(Refusal(reason));
            EnlistAgain();
        }

        if (reason is CommitOutcomeUnknownException && before is not null) _ = ResolveAsync(ended, before, next, reason);
        else Refuse(ended, reason);
    }

    void ICommitSource.Uncache(Sequence through)
    {
        lock (Turn) Log?.Cache.DropThrough(through);
    }

    /// <summary>Rebuilds what the kind of stream knows from what is stored, outside any turn.</summary>
    /// <returns>Takes it over, in the turn that opens the stream.</returns>
    private protected abstract ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries);

    /// <summary>In a turn: the kind's parts of a snapshot, by <see cref="StreamJournal.WriteEntry"/>.</summary>
    private protected abstract void WriteSnapshot(IBufferWriter<byte> target);

    /// <summary>Before maintenance: brings up to now what the kind decides about the low watermark.</summary>
    private protected virtual ValueTask PrepareMaintenanceAsync() => default;

    /// <summary>In a turn: the kind wants its state written whole with the next commit.</summary>
    private protected virtual bool WantsSnapshot => false;

    /// <summary>In a turn: whole batches are about to be deleted; journal what would go with them.</summary>
    private protected virtual void OnDeleting()
    {
    }

    /// <summary>In a turn: a batch is committed.</summary>
    private protected virtual void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch)
    {
    }

    /// <summary>In a turn: records before <paramref name="low"/> are gone for readers.</summary>
    private protected virtual void OnTrimmed(Sequence low)
    {
    }

    /// <summary>In a turn: the stream was deleted; forget everything about it.</summary>
    private protected virtual void OnReset()
    {
    }

    /// <summary>In a turn: what changes besides the records; stored with the next commit.</summary>
    private protected StreamJournal Journal { get; private set; } = new(null);

    /// <summary>In a turn, with the stream open: an answer that is given when everything done so far is durable.</summary>
    private protected ValueTask<T> AfterCommit<T>(T answer)
    {
        var ticket = CommitTicket<T>.Rent(answer);
        Waiting.Add(ticket);
        Enlist();
        return ticket.Task;
    }

    /// <summary>In a turn: raises the low watermark for good, by the journal.</summary>
    private protected void TrimTo(Sequence low)
    {
        if (low <= Log!.Low) return;
        Log.RaiseLow(low);
        _lowChanged = true;
    }

    private protected void Enlist()
    {
        if (_enlisted) return;
        _enlisted = true;
        Engine.Pump.Enlist(this);
    }

    /// <summary>Owns the stream for writing when the task ends, or knows that it does not exist.</summary>
    /// <param name="create">What to create it with if it does not exist; null leaves it missing.</param>
    private protected async ValueTask EnsureOpenAsync(StreamSeed? create)
    {
        while (true)
        {
            Task opening;
            lock (Turn)
            {
                if (_state == State.Open || (_state == State.Missing && create is null)) return;
                opening = _opening ??= OpenAsync(create);
            }

            await opening;
        }
    }

    /// <summary>Knows at least what was committed when the stream was last open, or that it does not exist.</summary>
    private protected ValueTask EnsureReadableAsync()
    {
        lock (Turn)
        {
            if (Log is not null || _state == State.Missing) return default;
        }

        return EnsureOpenAsync(null);
    }

    /// <summary>In a turn: brings the low watermark up to now.</summary>
    /// <returns>False when <see cref="LoadPlacesAsync"/> must be called first.</returns>
    private protected bool TryApplyRetention()
    {
        var log = Log!;
        var low = log.ReadableLow;
        _trimmer!.Apply(log, Engine.Clock.Now());
        if (log.ReadableLow > low) OnTrimmed(log.ReadableLow);
        return !_trimmer.NeedsPlaces;
    }

    /// <summary>Makes the low watermark exact.</summary>
    /// <returns>Null when the stream does not exist.</returns>
    private protected async ValueTask<SequencedLog?> LoadPlacesAsync()
    {
        await EnsureReadableAsync();
        while (true)
        {
            SequencedLog log;
            LogTrimmer trimmer;
            lock (Turn)
            {
                if (Log is null) return null;
                if (TryApplyRetention()) return Log;
                log = Log;
                trimmer = _trimmer!;
            }

            var places = await Engine.Store.PlacesAsync(log.Number, log.Low, RetentionWindow.PlacesMax);
            lock (Turn)
            {
                if (_trimmer == trimmer) trimmer.Load(places, log.High);
            }
        }
    }

    private protected void ReportDamage(in DamagedBatch damaged)
    {
        EngineMetrics.OnDamaged();
        Engine.ReportDamage(Name, damaged);
    }

    private void EnlistAgain()
    {
        _enlisted = false;
        if (!Waiting.IsEmpty) Enlist();
    }

    private StreamCommit? BuildCommit(SequencedLog log)
    {
        var batches = log.Seal();
        var trim = _trimmer!.TakeDue(log, Engine.Clock.Now());
        if (trim is not null) OnDeleting();
        if (_lowChanged) Journal.Add(JournalOp.Low, VarintBytes(log.Low.Value));
        _lowChanged = false;
        var journal = Journal.Seal();
        var snapshot = Journal.IsSnapshotDue || WantsSnapshot ? TakeSnapshot(log) : (SnapshotRow?)null;
        if (batches.Count == 0 && journal is null && snapshot is null && trim is null) return null;
        return new StreamCommit
        {
            Stream = log.Number,
            Token = _opened!.Token,
            Batches = batches,
            Journal = journal,
            Snapshot = snapshot,
            Trim = trim,
        };
    }

    private SnapshotRow TakeSnapshot(SequencedLog log)
    {
        var parts = new ArrayBufferWriter<byte>(1024);
        StreamJournal.WriteEntry(parts, JournalOp.Low, VarintBytes(log.Low.Value));
        WriteSnapshot(parts);
        return Journal.Snapshot(parts.WrittenSpan);
    }

    private CommitTally ShowCommitted(Handover ended)
    {
        var log = Log!;
        var before = log.Next;
        long bytes = 0;
        log.Commit((in header, batch) =>
        {
            bytes += batch.Length;
            _trimmer!.OnCommitted(header, batch.Length);
            OnCommitted(header, batch);
        });
        TryApplyRetention();
        Subscribers.Wake(log.High);
        return new CommitTally(ended.Appends, log.Next.Value - before.Value, bytes, log.High);
    }

    /// <summary>Refuses all that waits and forgets what is not committed.</summary>
    private void StepDown(Exception reason)
    {
        Log?.Rollback();
        Journal.Discard();
        _lowChanged = false;
        _state = State.Closed;
        Engine.Pump.Release(Waiting.Bytes);
        Waiting.Fail(reason);
        Waiting.Reset();
    }

    private Handover TakeUnderWay()
    {
        var ended = _underWay!;
        _underWay = null;
        Engine.Pump.Release(ended.Bytes);
        return ended;
    }

    private void Recycle(Handover ended)
    {
        ended.Reset();
        lock (Turn) _spare = ended;
    }

    private void Refuse(Handover ended, Exception reason)
    {
        ended.Fail(Refusal(reason));
        Recycle(ended);
    }

    private static StorageUnavailableException Refusal(Exception reason) => reason as StorageUnavailableException ?? new StorageUnavailableException(
        $"The commit failed: {reason.Message} Whether it is stored is not known; repeat the request with the same dedupe id.", reason);

    /// <summary>After a lost answer: raising the token waits for the transaction to end, and what is stored then tells how it ended.</summary>
    private async Task ResolveAsync(Handover ended, OpenedStream before, Sequence next, Exception reason)
    {
        OpenedStream? after;
        try
        {
            await EnsureOpenAsync(null);
            lock (Turn) after = _opened;
        }
        catch (Exception)
        {
            // Still away: nobody can say how it ended, and the caller is told so.
            Refuse(ended, reason);
            return;
        }

        var isStored = after is not null
            && after.Token.Value == before.Token.Value + 1
            && after.Next >= next
            && after.JournalNumber >= ended.JournalNumber;
        if (!isStored)
        {
            Refuse(ended, reason);
            return;
        }

        ended.Succeed();
        Recycle(ended);
    }

    private async Task OpenAsync(StreamSeed? create)
    {
        try
        {
            // Never inline: the caller holds the turn until it has noted that the stream is being opened.
            var opened = await Engine.Pump.OpenAsync(new OpenRequest(Name, create)).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (opened is null)
            {
                lock (Turn)
                {
                    Log = null;
                    _state = State.Missing;
                }

                return;
            }

            var entries = StreamJournal.Recover(opened);
            var log = new SequencedLog(opened);
            foreach (var entry in entries)
                if (entry.Op == JournalOp.Low) log.RaiseLow(new Sequence(ReadVarint(entry.Payload.Span)));
            var takeOver = await RebuildAsync(opened, log, entries);
            lock (Turn) TakeOver(opened, log, takeOver);
        }
        finally
        {
            lock (Turn) _opening = null;
        }
    }

    private void TakeOver(OpenedStream opened, SequencedLog log, Action takeOver)
    {
        _opened = opened;
        Log = log;
        Journal = new StreamJournal(opened);
        _trimmer = new LogTrimmer(opened, Engine.Options.TrimInterval);
        _lowChanged = false;
        takeOver();
        _state = State.Open;
        Subscribers.Wake(log.High);
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
