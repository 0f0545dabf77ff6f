using Mesh.Engine.Commit;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;

namespace Mesh.Engine.Pools;

/// <summary>What a host lends to the pools that are opened in it.</summary>
public sealed record PoolHost
{
    /// <summary>Makes the store that a pool's uri names; it has touched nothing yet. An <see cref="ArgumentException"/> says why the uri names none. Null opens no pools.</summary>
    public Func<string, ILogStore>? Open { get; init; }

    /// <summary>Bounds of each pool's writer.</summary>
    public required CommitPumpOptions Commit { get; init; }

    /// <summary>How often each pool is maintained.</summary>
    public required TimeSpan MaintenanceInterval { get; init; }

    /// <summary>The streams that are open in this process.</summary>
    public required Func<IEnumerable<StreamKeeper>> Streams { get; init; }

    /// <summary>Sees to a stream that has rows to delete and is open nowhere.</summary>
    public required Func<StreamName, CancellationToken, Task> Wake { get; init; }

    /// <summary>Told why maintenance waits: one sentence.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>Runs a writer on a thread of its own.</summary>
    /// <returns>Ends when the writer has.</returns>
    public required Func<Action, Task> RunOnThread { get; init; }
}
