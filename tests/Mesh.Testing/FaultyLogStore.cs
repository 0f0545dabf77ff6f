using Mesh.Engine.Storage;
using Mesh.Testing.Storage;

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
/// <param name="inner">The store inside.</param>
/// <param name="faults">Who says what goes wrong; null for this store's own <see cref="Faults"/>.</param>
public sealed class FaultyLogStore(ILogStore inner, IStoreFaults? faults = null) : ILogStore
{
    private volatile TaskCompletionSource? _readGate;
    private volatile Sequence[] _damaged = [];

    /// <summary>What goes wrong here, unless somebody else says so.</summary>
    public StoreFaults Faults { get; } = new();

    /// <inheritdoc cref="StoreFaults.IsAway"/>
    public bool IsAway
    {
        get => Faults.IsAway;
        set => Faults.IsAway = value;
    }

    /// <summary>True when the store inside outlives being disposed of, and so can be shared.</summary>
    public bool IsShared => inner is MemoryLogStore;

    /// <inheritdoc cref="StoreFaults.Commits"/>
    public int Commits => Faults.Commits;

    /// <inheritdoc cref="StoreFaults.CommitsHeld"/>
    public int CommitsHeld => Faults.CommitsHeld;

    /// <summary>What the last transaction that was written held of its last stream.</summary>
    public StreamCommit? Last { get; private set; }

    /// <summary>Batches that reads of records gave, damaged ones not among them.</summary>
    public int BatchesRead { get; private set; }

    /// <summary>From now on the batch that begins with this record, in whatever stream, reads as damaged.</summary>
    public void Damage(Sequence first) => _damaged = [.. _damaged, first];

    /// <summary>Transactions in which this stream takes part are refused.</summary>
    public StreamNumber? Refused { get; set; }

    /// <inheritdoc cref="StoreFaults.FailNextCommit"/>
    public void FailNextCommit(CommitFault fault) => Faults.FailNextCommit(fault);

    /// <inheritdoc cref="StoreFaults.HoldCommits"/>
    public IDisposable HoldCommits() => Faults.HoldCommits();

    /// <summary>Reads of records, forwards, wait from now on until the answer is disposed of.</summary>
    public IDisposable HoldReads()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _readGate = gate;
        return new Release(() => _readGate = null, gate);
    }

    public async ValueTask MigrateAsync(CancellationToken cancel = default) => await (await ThereAsync()).MigrateAsync(cancel);

    public async ValueTask<IReadOnlyList<OpenedStream?>> OpenAsync(IReadOnlyList<OpenRequest> requests, CancellationToken cancel = default) =>
        await (await ThereAsync()).OpenAsync(requests, cancel);

    public async ValueTask<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<StreamCommit> commits)
    {
        var fault = await Says.BeginCommitAsync();
        if (fault == CommitFault.Refused || commits.Any(commit => commit.Stream == Refused)) throw new StorageUnavailableException("The test refuses this commit.");
        if (fault == CommitFault.UnknownNotStored) throw new CommitOutcomeUnknownException("The test cut the connection before the commit.", new IOException());
        var outcomes = await inner.CommitAsync(commits);
        await Says.EndCommitAsync();
        Last = commits[^1];
        return fault == CommitFault.UnknownStored
            ? throw new CommitOutcomeUnknownException("The test cut the connection after the commit.", new IOException())
            : outcomes;
    }

    public async ValueTask<StoredPage> ReadAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default)
    {
        if (_readGate is { } gate) await gate.Task;
        return WithDamage(await (await ThereAsync()).ReadAsync(stream, from, through, bytesMax, cancel));
    }

    public async ValueTask<StoredPage> ReadBackwardsAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default) =>
        WithDamage(await (await ThereAsync()).ReadBackwardsAsync(stream, from, through, bytesMax, cancel));

    public async ValueTask<IReadOnlyList<BatchPlace>> PlacesAsync(StreamNumber stream, Sequence from, int limit, CancellationToken cancel = default) =>
        await (await ThereAsync()).PlacesAsync(stream, from, limit, cancel);

    public async ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RecordTime time, CancellationToken cancel = default) => await (await ThereAsync()).FindAsync(stream, time, cancel);

    public async ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RingId id, CancellationToken cancel = default) => await (await ThereAsync()).FindAsync(stream, id, cancel);

    public async ValueTask<StreamEntry?> FindEntryAsync(StreamName name, CancellationToken cancel = default) => await (await ThereAsync()).FindEntryAsync(name, cancel);

    public async ValueTask<IReadOnlyList<StreamEntry>> ListEntriesAsync(string project, StreamKind kind, string after, int limit, CancellationToken cancel = default) =>
        await (await ThereAsync()).ListEntriesAsync(project, kind, after, limit, cancel);

    public async ValueTask<long> CountEntriesAsync(string project, StreamKind kind, CancellationToken cancel = default) => await (await ThereAsync()).CountEntriesAsync(project, kind, cancel);

    public async ValueTask<IReadOnlyList<StoredStream>> ListStoredAsync(StreamNumber after, int limit, CancellationToken cancel = default) =>
        await (await ThereAsync()).ListStoredAsync(after, limit, cancel);

    public async ValueTask<bool> UpdateEntryAsync(StreamNumber stream, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default) =>
        await (await ThereAsync()).UpdateEntryAsync(stream, options, metadata, cancel);

    public async ValueTask<StreamNumber?> DeleteAsync(StreamName name, StreamNumber? only = null, CancellationToken cancel = default) =>
        await (await ThereAsync()).DeleteAsync(name, only, cancel);

    public async ValueTask<bool> ReclaimAsync(CancellationToken cancel = default) => await (await ThereAsync()).ReclaimAsync(cancel);

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

    private IStoreFaults Says => faults ?? Faults;

    private async ValueTask<ILogStore> ThereAsync()
    {
        await Says.ReachAsync();
        return inner;
    }
}
