using System.Buffers;
using Mesh.Engine.Commit;
using Mesh.Engine.Journal;
using Mesh.Engine.Log;
using Mesh.Engine.Pools;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Streams;

/// <summary>
/// Owns one stream: opens it, commits what waits, and recovers. Thread-safe: a turn is <see cref="Turn"/> held for the length of a method that never
/// waits; storage is only touched between turns, and what it answers is taken in by another turn. At most one commit is under way. When a
/// commit fails, or the database gives the stream to another owner, the owner steps down: what waits is refused, and the next request opens
/// the stream anew, under a higher token, from what is stored.
/// </summary>
public abstract class StreamOwner
{
    private CommitLine _commits;
    private Task? _opening;
    private Task? _expiring;
    private OwnerState _state;

    private protected StreamOwner(StreamName name, EngineContext engine)
    {
        Name = name;
        Engine = engine;
        Home = engine.Home;
        _commits = new CommitLine(this, Turn, Home.Pump);
    }

    public StreamName Name { get; }

    private protected EngineContext Engine { get; }

    /// <summary>Where the stream is, as of the last opening; numbers mean the same stream in all homes.</summary>
    private protected StreamHome Home { get; private set; }

    /// <summary>Held for the length of a turn.</summary>
    private protected Lock Turn { get; } = new();

    private protected Subscribers Subscribers { get; } = new();

    /// <summary>What is known of the stream; null before the first opening. While the stream is closed for writing it still serves committed records.</summary>
    internal OpenStream? Stream { get; private set; }

    internal bool IsOpen => _state == OwnerState.Open;

    private protected SequencedLog? Log => Stream?.Log;

    /// <summary>In a turn: the stream's time is up. It is deleted before anything else is done with it: by opening it, or making it readable.</summary>
    private protected bool IsExpired => Stream is { } stream && stream.ExpiresAt != RecordTime.Max && stream.ExpiresAt <= Engine.Clock.Now();

    /// <summary>In a turn: who waits for the next commit.</summary>
    private protected Handover Waiting => _commits.Waiting;

    /// <summary>In a turn: the stream stands in the pump's line, or has a commit under way.</summary>
    private protected bool IsEnlisted => _commits.IsEnlisted;

    private protected bool IsMissing => _state == OwnerState.Missing;

    /// <summary>
    /// Called in a turn, perhaps more than once, when another owner has the stream: it must return at once and not call back. Where there is none, the stream is
    /// taken back when somebody asks for it or waits.
    /// </summary>
    public Action? Overtaken { get; set; }

    /// <summary>Deletes the stream with all it holds.</summary>
    /// <returns>False when there was none.</returns>
    public async ValueTask<bool> DeleteAsync(CancellationToken cancel = default)
    {
        var wasThere = Engine.Pools is { } pools ? await pools.DeleteAsync(Name, cancel) : await Engine.Store.DeleteAsync(Name, cancel: cancel) is not null;
        Forget();
        return wasThere;
    }

    /// <summary>True when the stream was in this home when it was last opened.</summary>
    public bool IsAt(StreamHome home) => ReferenceEquals(Home, home);

    /// <summary>The catalogue has deleted the stream: what waits is refused, and it reads as empty from now on.</summary>
    public void Forget()
    {
        lock (Turn)
        {
            StepDown(new StreamFencedException(Name));
            Stream = null;
            _state = OwnerState.Missing;
            OnReset();
            Subscribers.Wake(Sequence.Max);
        }
    }

    /// <summary>Commits what was appended before, and gives the stream up: whoever asks next opens it, here or elsewhere.</summary>
    public async ValueTask CloseAsync()
    {
        while (true)
        {
            ValueTask<bool> committed;
            lock (Turn)
            {
                if (IsOpen && !IsEnlisted) _state = OwnerState.Closed;
                if (!IsOpen) return;
                committed = AfterCommit(true);
            }

            await committed;
        }
    }

    /// <summary>In a turn: all that waits to be stored; null when nothing does.</summary>
    internal StreamCommit? BuildCommit(CommitLine line) => _state == OwnerState.Open && line == _commits ? Stream!.BuildCommit(Engine.Clock.Now()) : null;

    /// <summary>In a turn: what the last commit took is durable.</summary>
    internal CommitTally ShowCommitted(int appends)
    {
        var log = Log!;
        var (before, low) = (log.Next, log.Low);
        var bytes = Stream!.ShowCommitted();
        ApplyRetention(low);
        Subscribers.Wake(log.High);
        return new CommitTally(appends, log.Next.Value - before.Value, bytes, log.High);
    }

    /// <summary>In a turn: refuses all that waits and forgets what is not committed.</summary>
    internal void StepDown(Exception reason)
    {
        Stream?.Rollback();
        if (Stream is { IsAhead: true }) Stream = null;
        _state = OwnerState.Closed;
        _commits.Refuse(reason);
    }

    /// <summary>In a turn: another owner has the stream. What is known of it may be stale, even for readers.</summary>
    internal void OnFenced()
    {
        StepDown(new StreamFencedException(Name));
        Stream = null;
        Overtaken?.Invoke();
    }

    /// <summary>Opens the stream if it is closed.</summary>
    /// <returns>As it was opened last; null when it does not exist.</returns>
    internal async Task<OpenedStream?> ReopenAsync()
    {
        await EnsureOpenAsync(null);
        lock (Turn) return Stream?.Opened;
    }

    /// <summary>Rebuilds what the kind of stream knows from what is stored, outside any turn.</summary>
    /// <returns>Takes it over, in the turn that opens the stream.</returns>
    private protected abstract ValueTask<Action> RebuildAsync(OpenedStream opened, SequencedLog log, IReadOnlyList<RecoveredEntry> entries);

    /// <summary>In a turn: the kind's parts of a snapshot, by <see cref="StreamJournal.WriteEntry"/>.</summary>
    internal abstract void WriteSnapshot(IBufferWriter<byte> target);

    /// <summary>In a turn: the kind wants its state written whole with the next commit.</summary>
    internal virtual bool WantsSnapshot => false;

    /// <summary>In a turn: whole batches are about to be deleted; journal what would go with them.</summary>
    internal virtual void OnDeleting()
    {
    }

    /// <summary>In a turn: a batch is committed.</summary>
    internal virtual void OnCommitted(in BatchHeader header, ReadOnlyMemory<byte> batch)
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

    /// <summary>In a turn, once the stream was opened: what changes besides the records; stored with the next commit.</summary>
    private protected StreamJournal Journal => Stream!.Journal;

    /// <summary>In a turn, with the stream open: an answer that is given when everything done so far is durable.</summary>
    private protected ValueTask<T> AfterCommit<T>(T answer) => _commits.AfterCommit(answer);

    /// <summary>In a turn: raises the low watermark for good, by the journal. Readers see it when it is durable.</summary>
    private protected void TrimTo(Sequence low) => Stream!.TrimTo(low);

    /// <summary>In a turn: something waits to be stored.</summary>
    private protected void Enlist() => _commits.Enlist();

    /// <summary>Owns the stream for writing when the task ends, or knows that it does not exist.</summary>
    /// <param name="create">What to create it with if it does not exist; null leaves it missing.</param>
    private protected async ValueTask EnsureOpenAsync(StreamSeed? create)
    {
        while (true)
        {
            Task opening;
            lock (Turn)
            {
                if (IsExpired || _expiring is not null)
                {
                    opening = _expiring ??= ExpireAsync(Stream!.Opened.Entry);
                }
                else
                {
                    if (_state == OwnerState.Open || (_state == OwnerState.Missing && create is null)) return;
                    opening = _opening ??= OpenAsync(create);
                }
            }

            await opening;
        }
    }

    /// <summary>Knows at least what was committed when the stream was last open, or that it does not exist.</summary>
    private protected ValueTask EnsureReadableAsync()
    {
        lock (Turn)
        {
            if ((Log is not null && !IsExpired) || _state == OwnerState.Missing) return default;
        }

        return EnsureOpenAsync(null);
    }

    /// <summary>In a turn: brings the low watermark up to now.</summary>
    /// <returns>False when <see cref="LoadPlacesAsync"/> must be called first.</returns>
    private protected bool TryApplyRetention() => ApplyRetention(Log!.Low);

    /// <summary>Makes the low watermark exact, if the stream exists.</summary>
    private protected async ValueTask LoadPlacesAsync()
    {
        await EnsureReadableAsync();
        while (true)
        {
            OpenStream stream;
            lock (Turn)
            {
                if (Stream is null || TryApplyRetention()) return;
                stream = Stream;
            }

            var places = await Home.Store.PlacesAsync(stream.Log.Number, stream.Log.Low, RetentionWindow.PlacesMax);
            lock (Turn) stream.LoadPlaces(places);
        }
    }

    private protected void ReportDamage(in DamagedBatch damaged)
    {
        EngineMetrics.OnDamaged();
        Engine.ReportDamage(Name, damaged);
    }

    /// <param name="low">The low watermark that the kind knows of.</param>
    private bool ApplyRetention(Sequence low)
    {
        var isExact = Stream!.TryApplyRetention(Engine.Clock.Now());
        if (Log!.Low > low) OnTrimmed(Log.Low);
        return isExact;
    }

    /// <summary>Deletes the stream whose time is up, unless another of its name has come meanwhile, or it was given more time.</summary>
    private async Task ExpireAsync(StreamEntry expired)
    {
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the caller holds the turn
            var entry = await Engine.Store.FindEntryAsync(Name);
            var isDue = entry?.Number == expired.Number && entry.Options.ExpiresAt <= Engine.Clock.Now();
            if (isDue && await DeleteAsync()) Engine.OnExpired();
            lock (Turn)
            {
                if (Stream?.Opened.Entry.Number == expired.Number) OnFenced();
            }
        }
        finally
        {
            lock (Turn) _expiring = null;
        }
    }

    private async Task OpenAsync(StreamSeed? create)
    {
        try
        {
            // Never inline: the caller holds the turn until it has noted that the stream is being opened.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (await Engine.OpenAsync(Name, create) is not var (opened, home))
            {
                lock (Turn)
                {
                    Stream = null;
                    _state = OwnerState.Missing;
                }

                return;
            }

            lock (Turn) MoveTo(home);
            var entries = StreamJournal.Recover(opened);
            var log = OpenStream.Recover(opened, entries);
            var takeOver = await RebuildAsync(opened, log, entries);
            lock (Turn)
            {
                Stream = new OpenStream(opened, log, Engine.Options.TrimInterval, this);
                takeOver();
                _state = OwnerState.Open;
                Subscribers.Wake(log.High);
            }
        }
        catch when (create is not null)
        {
            // It may exist by now, made by what has failed.
            lock (Turn)
            {
                if (_state == OwnerState.Missing) _state = OwnerState.Closed;
            }

            throw;
        }
        finally
        {
            lock (Turn) _opening = null;
        }
    }

    /// <summary>In a turn, while the stream is closed: what was known of it in another home is of another stream of the name, or comes again from there.</summary>
    private void MoveTo(StreamHome home)
    {
        if (IsAt(home)) return;
        Home = home;
        Stream = null;
        _commits = new CommitLine(this, Turn, home.Pump);
    }
}
