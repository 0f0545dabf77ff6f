namespace Mesh.Testing.Storage;

/// <summary>Says of each call of a store what becomes of it. Thread-safe.</summary>
public interface IStoreFaults
{
    /// <summary>Before each call but a commit.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    ValueTask ReachAsync();

    /// <summary>Before each commit; waits while commits are held.</summary>
    /// <returns>How it goes wrong.</returns>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    ValueTask<CommitFault> BeginCommitAsync();

    /// <summary>After each commit that was written.</summary>
    ValueTask EndCommitAsync();
}

/// <summary>What goes wrong as a test says. Thread-safe.</summary>
public sealed class StoreFaults : IStoreFaults
{
    private volatile bool _isAway;
    private volatile TaskCompletionSource? _gate;
    private int _next;
    private int _commits;
    private int _commitsHeld;

    /// <summary>While true, everything is refused as if the database were gone.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>Commits that were written, whatever was told about them.</summary>
    public int Commits => Volatile.Read(ref _commits);

    /// <summary>Commits that <see cref="HoldCommits"/> has made wait so far.</summary>
    public int CommitsHeld => Volatile.Read(ref _commitsHeld);

    public void FailNextCommit(CommitFault fault) => Volatile.Write(ref _next, (int)fault);

    /// <summary>Commits wait from now on until the answer is disposed of.</summary>
    public IDisposable HoldCommits()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = gate;
        return new Release(() => _gate = null, gate);
    }

    public ValueTask ReachAsync() => _isAway ? throw new StorageUnavailableException("The test has taken the database away.") : default;

    public async ValueTask<CommitFault> BeginCommitAsync()
    {
        if (_gate is { } gate)
        {
            Interlocked.Increment(ref _commitsHeld);
            await gate.Task;
        }

        await ReachAsync();
        return (CommitFault)Interlocked.Exchange(ref _next, (int)CommitFault.None);
    }

    public ValueTask EndCommitAsync()
    {
        Interlocked.Increment(ref _commits);
        return default;
    }
}

/// <summary>Opens a gate when it is disposed of.</summary>
/// <param name="open">Lets those pass who come from now on.</param>
/// <param name="gate">Lets those pass who wait.</param>
internal sealed class Release(Action open, TaskCompletionSource gate) : IDisposable
{
    public void Dispose()
    {
        open();
        gate.TrySetResult();
    }
}
