using Mesh.Engine.Storage;

namespace Mesh.Engine.Commit;

/// <summary>A stream that has something to commit, as the pump sees it. Each call takes one turn of the stream and returns at once.</summary>
public interface ICommitSource
{
    /// <summary>Hands over all that waits. Until the outcome is told, nothing more is handed over.</summary>
    /// <returns>Null when nothing waits any more.</returns>
    StreamCommit? TakeCommit();

    /// <summary>Tells the outcome of what was handed over.</summary>
    /// <returns>What became durable.</returns>
    CommitTally EndCommit(CommitOutcome outcome);

    /// <summary>The transaction failed: nothing of it is stored (<see cref="StorageUnavailableException"/>), or nobody knows
    /// (<see cref="CommitOutcomeUnknownException"/>).</summary>
    void FailCommit(Exception reason);

    /// <summary>Forgets the bytes of batches up to this one; storage has them.</summary>
    void Uncache(Sequence through);
}

/// <summary>What one stream's part of a commit made durable, and up to where its bytes are held in memory now.</summary>
public readonly record struct CommitTally(long Appends, long Records, long Bytes, Sequence CachedThrough);
