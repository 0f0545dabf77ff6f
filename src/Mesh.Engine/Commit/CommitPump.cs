using System.Collections.Concurrent;
using System.Diagnostics;
using Mesh.Engine.Storage;

namespace Mesh.Engine.Commit;

/// <summary>
/// The one writer of a store: takes what waits from all streams into one transaction, again and again. There is no timer: what arrives while a
/// transaction is being written travels in the next. <see cref="Run"/> is the loop, on a thread of the host's; everything else is thread-safe.
/// </summary>
public sealed class CommitPump(ILogStore store, CommitPumpOptions options)
{
    private readonly ConcurrentQueue<ICommitSource> _ready = new();
    private readonly OpeningLine _openings = new(store, options.OpeningsMax);
    private readonly SemaphoreSlim _work = new(0);
    private readonly List<ICommitSource> _sources = [];
    private readonly List<StreamCommit> _commits = [];
    private readonly Queue<CachedBatches> _cached = new();
    private long _cachedBytes;
    private long _pendingBytes;
    private int _signalled;
    private volatile bool _isEnding;
    private volatile bool _closed;

    /// <summary>Bytes that wait to be committed.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>The loop is to end when nothing waits any more: what can be done another day is left.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Puts a stream that has something to commit in line. It is taken once; it puts itself in line again when more waits.</summary>
    public void Enlist(ICommitSource source)
    {
        _ready.Enqueue(source);
        if (_closed) RefuseWaiting();
        else Signal();
    }

    /// <summary>Takes ownership of a stream; openings that wait go to the store together.</summary>
    /// <returns>Null when the stream does not exist and was not to be created.</returns>
    public Task<OpenedStream?> OpenAsync(OpenRequest request)
    {
        var opened = _openings.Add(request);
        if (_closed) RefuseWaiting();
        else Signal();
        return opened;
    }

    /// <summary>Sets aside room for bytes that are going to wait.</summary>
    /// <returns>False when too much waits already: the caller is busy.</returns>
    public bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _pendingBytes, bytes) <= options.PendingBytesMax) return true;
        Interlocked.Add(ref _pendingBytes, -bytes);
        return false;
    }

    /// <summary>Gives back room of bytes that wait no more.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _pendingBytes, -bytes);

    /// <summary>Commits until <paramref name="stop"/> asks to end and nothing waits any more. Blocks its thread.</summary>
    public void Run(CancellationToken stop)
    {
        using var wake = stop.Register(End);
        while (true)
        {
            _work.Wait(CancellationToken.None);
            Volatile.Write(ref _signalled, 0);
            while (CommitOnce())
            {
            }

            if (!stop.IsCancellationRequested) continue;
            _closed = true;
            RefuseWaiting();
            return;
        }
    }

    /// <summary>Opens and commits what waits now, once.</summary>
    /// <returns>False when nothing waited.</returns>
    public bool CommitOnce()
    {
        var opened = _openings.OpenWaiting();
        CollectCommits();
        if (_commits.Count == 0) return opened || !_ready.IsEmpty;
        WriteTransaction();
        _commits.Clear();
        _sources.Clear();
        return true;
    }

    /// <summary>Whoever comes after the loop has ended is told so instead of waiting for ever.</summary>
    private void RefuseWaiting()
    {
        _openings.Refuse(Closed());
        while (_ready.TryDequeue(out var source))
            if (source.TakeCommit() is not null) source.FailCommit(Closed());
    }

    private static StorageUnavailableException Closed() => new("The process is shutting down; nothing of the request was stored.");

    private void CollectCommits()
    {
        long bytes = 0;
        while (_commits.Count < options.TransactionStreamsMax && bytes < options.TransactionBytesMax && _ready.TryDequeue(out var source))
        {
            if (source.TakeCommit() is not { } commit) continue;
            _sources.Add(source);
            _commits.Add(commit);
            for (var i = 0; i < commit.Batches.Count; i++) bytes += commit.Batches[i].Bytes.Length;
        }
    }

    private void WriteTransaction()
    {
        var startedAt = Stopwatch.GetTimestamp();
        IReadOnlyList<CommitOutcome> outcomes;
        try
        {
            outcomes = Blocking.Wait(store.CommitAsync(_commits));
        }
        catch (Exception reason)
        {
            EngineMetrics.OnCommitFailed();
            foreach (var source in _sources) source.FailCommit(reason);
            return;
        }

        long appends = 0, records = 0, bytes = 0;
        for (var i = 0; i < _sources.Count; i++)
        {
            var tally = _sources[i].EndCommit(outcomes[i]);
            appends += tally.Appends;
            records += tally.Records;
            bytes += tally.Bytes;
            if (tally.Bytes > 0) Remember(new CachedBatches(_sources[i], tally.CachedThrough, tally.Bytes));
            if (outcomes[i] == CommitOutcome.Fenced) EngineMetrics.OnFenced();
        }

        EngineMetrics.OnCommit(_sources.Count, appends, records, bytes, startedAt);
    }

    /// <summary>The oldest batches of the process leave memory first: commit order is cache order.</summary>
    private void Remember(CachedBatches batches)
    {
        _cached.Enqueue(batches);
        _cachedBytes += batches.Bytes;
        while (_cachedBytes > options.CacheBytesMax && _cached.TryDequeue(out var oldest))
        {
            oldest.Source.Uncache(oldest.Through);
            _cachedBytes -= oldest.Bytes;
        }
    }

    private void End()
    {
        _isEnding = true;
        Signal();
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0) _work.Release();
    }

    private readonly record struct CachedBatches(ICommitSource Source, Sequence Through, long Bytes);
}
