using Mesh.Engine.Storage;

namespace Mesh.Testing;

/// <summary>How the next commit goes wrong.</summary>
public enum CommitFault
{
    None,

    /// <summary>Nothing is stored, and the caller is told so.</summary>
    Refused,

    /// <summary>Nothing is stored, and the answer is lost.</summary>
    UnknownNotStored,

    /// <summary>All is stored, and the answer is lost.</summary>
    UnknownStored,
}

/// <summary>A store that goes wrong when a test says so, and else is the one inside. Thread-safe.</summary>
public sealed class FaultyLogStore(ILogStore inner) : ILogStore
{
    private volatile CommitFault _next;
    private volatile bool _isAway;
    private volatile TaskCompletionSource? _gate;
    private volatile TaskCompletionSource? _readGate;
    private volatile Sequence[] _damaged = [];

    /// <summary>While true, everything is refused as if the database were gone.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>True when the store inside outlives being disposed of, and so can be shared.</summary>
    public bool IsShared => inner is MemoryLogStore;

    /// <summary>Commits that were written, whatever was told about them.</summary>
    public int Commits { get; private set; }

    /// <summary>Commits that <see cref="HoldCommits"/> has made wait so far.</summary>
    public int CommitsHeld { get; private set; }

    /// <summary>What the last transaction that was written held of its last stream.</summary>
    public StreamCommit? Last { get; private set; }

    /// <summary>Batches that reads of records gave, damaged ones not among them.</summary>
    public int BatchesRead { get; private set; }

    /// <summary>From now on the batch that begins with this record, in whatever stream, reads as damaged.</summary>
    public void Damage(Sequence first) => _damaged = [.. _damaged, first];

    /// <summary>Transactions in which this stream takes part are refused.</summary>
    public StreamNumber? Refused { get; set; }

    public void FailNextCommit(CommitFault fault) => _next = fault;

    /// <summary>Commits wait from now on until the answer is disposed of.</summary>
    public IDisposable HoldCommits()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = gate;
        return new Release(() => _gate = null, gate);
    }

    /// <summary>Reads of records, forwards, wait from now on until the answer is disposed of.</summary>
    public IDisposable HoldReads()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _readGate = gate;
        return new Release(() => _readGate = null, gate);
    }

    public ValueTask MigrateAsync(CancellationToken cancel = default) => There().MigrateAsync(cancel);

    public ValueTask<IReadOnlyList<OpenedStream?>> OpenAsync(IReadOnlyList<OpenRequest> requests, CancellationToken cancel = default) =>
        There().OpenAsync(requests, cancel);

    public async ValueTask<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<StreamCommit> commits)
    {
        if (_gate is { } gate)
        {
            CommitsHeld++;
            await gate.Task;
        }

        There();
        var fault = _next;
        _next = CommitFault.None;
        if (fault == CommitFault.Refused || commits.Any(commit => commit.Stream == Refused)) throw new StorageUnavailableException("The test refuses this commit.");
        if (fault == CommitFault.UnknownNotStored) throw new CommitOutcomeUnknownException("The test cut the connection before the commit.", new IOException());
        var outcomes = await inner.CommitAsync(commits);
        Commits++;
        Last = commits[^1];
        return fault == CommitFault.UnknownStored
            ? throw new CommitOutcomeUnknownException("The test cut the connection after the commit.", new IOException())
            : outcomes;
    }

    public async ValueTask<StoredPage> ReadAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default)
    {
        if (_readGate is { } gate) await gate.Task;
        return WithDamage(await There().ReadAsync(stream, from, through, bytesMax, cancel));
    }

    public async ValueTask<StoredPage> ReadBackwardsAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default) =>
        WithDamage(await There().ReadBackwardsAsync(stream, from, through, bytesMax, cancel));

    public ValueTask<IReadOnlyList<BatchPlace>> PlacesAsync(StreamNumber stream, Sequence from, int limit, CancellationToken cancel = default) =>
        There().PlacesAsync(stream, from, limit, cancel);

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RecordTime time, CancellationToken cancel = default) => There().FindAsync(stream, time, cancel);

    public ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RingId id, CancellationToken cancel = default) => There().FindAsync(stream, id, cancel);

    public ValueTask<StreamEntry?> FindEntryAsync(StreamName name, CancellationToken cancel = default) => There().FindEntryAsync(name, cancel);

    public ValueTask<IReadOnlyList<StreamEntry>> ListEntriesAsync(string project, StreamKind kind, string after, int limit, CancellationToken cancel = default) =>
        There().ListEntriesAsync(project, kind, after, limit, cancel);

    public ValueTask<long> CountEntriesAsync(string project, StreamKind kind, CancellationToken cancel = default) => There().CountEntriesAsync(project, kind, cancel);

    public ValueTask<IReadOnlyList<StoredStream>> ListStoredAsync(StreamNumber after, int limit, CancellationToken cancel = default) =>
        There().ListStoredAsync(after, limit, cancel);

    public ValueTask<bool> UpdateEntryAsync(StreamNumber stream, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) =>
        There().UpdateEntryAsync(stream, options, metadata, cancel);

    public ValueTask<StreamNumber?> DeleteAsync(StreamName name, StreamNumber? only = null, CancellationToken cancel = default) =>
        There().DeleteAsync(name, only, cancel);

    public ValueTask<bool> ReclaimAsync(CancellationToken cancel = default) => There().ReclaimAsync(cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private StoredPage WithDamage(StoredPage page)
    {
        BatchesRead += page.Batches.Count;
        if (_damaged.Length == 0) return page;
        var damaged = page.Batches.Where(batch => _damaged.Contains(batch.Header.First)).ToList();
        return page with
        {
            Batches = [.. page.Batches.Except(damaged)],
            Damaged = [.. page.Damaged, .. damaged.Select(batch => new DamagedBatch(batch.Header.First, batch.Header.Count, "The test damaged it."))],
        };
    }

    private ILogStore There() => _isAway ? throw new StorageUnavailableException("The test has taken the database away.") : inner;

    private sealed class Release(Action open, TaskCompletionSource gate) : IDisposable
    {
        public void Dispose()
        {
            open();
            gate.TrySetResult();
        }
    }
}
