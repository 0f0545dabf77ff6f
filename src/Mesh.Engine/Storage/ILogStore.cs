namespace Mesh.Engine.Storage;

/// <summary>
/// Where streams are kept: the engine's only way to a disk. All methods are thread-safe; commits and openings of one store take turns.
/// Failures come as <see cref="StorageUnavailableException"/> unless a method says otherwise.
/// </summary>
public interface ILogStore : IAsyncDisposable
{
    /// <summary>Brings the schema up to date. Called once before anything else; safe when several processes do so at once.</summary>
    ValueTask MigrateAsync(CancellationToken cancel = default);

    /// <summary>
    /// Takes ownership of streams, many in one transaction: raises each stream's fencing token, then reads where it stands. From then on
    /// commits with an older token are refused.
    /// </summary>
    /// <param name="requests">At most one for each stream.</param>
    /// <param name="cancel">Ends the call; tokens may have been raised.</param>
    /// <returns>One for each request, in order; null where the stream does not exist and was not to be created.</returns>
    ValueTask<IReadOnlyList<OpenedStream?>> OpenAsync(IReadOnlyList<OpenRequest> requests, CancellationToken cancel = default);

    /// <summary>
    /// Writes what waits for many streams in one transaction. A stream whose token is stale, or whose batch is already there, fails alone and
    /// leaves nothing behind; the others commit. When the task ends, all that is not <see cref="CommitOutcome.Fenced"/> is durable.
    /// However much is trimmed, one transaction deletes no more than its <see cref="TrimAllowance"/>.
    /// </summary>
    /// <param name="commits">At most one for each stream.</param>
    /// <returns>One for each commit, in order.</returns>
    /// <exception cref="StorageUnavailableException">Nothing was committed.</exception>
    /// <exception cref="CommitOutcomeUnknownException">All or nothing was committed; only opening the streams anew tells which.</exception>
    ValueTask<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<StreamCommit> commits);

    /// <summary>
    /// Reads whole batches, checked, in ascending order from the one that holds <paramref name="from"/> (or the first after it), until
    /// <paramref name="bytesMax"/> are reached or one after <paramref name="through"/> would follow; at least one batch if there is any. Damaged
    /// rows count towards the bytes, so a page may hold nothing else: read on after the last row of either kind until it is exhausted.
    /// </summary>
    ValueTask<StoredPage> ReadAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default);

    /// <summary>As <see cref="ReadAsync"/>, in descending order from the batch that holds <paramref name="from"/> (or the last before it) down to <paramref name="through"/>.</summary>
    ValueTask<StoredPage> ReadBackwardsAsync(StreamNumber stream, Sequence from, Sequence through, int bytesMax, CancellationToken cancel = default);

    /// <summary>Where batches stand, without their bytes, ascending from the one that holds <paramref name="from"/> (or the first after it).</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="limit">1 to 10,000.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<IReadOnlyList<BatchPlace>> PlacesAsync(StreamNumber stream, Sequence from, int limit, CancellationToken cancel = default);

    /// <summary>The last batch whose first record's time is not later than <paramref name="time"/>; null when all begin later.</summary>
    ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RecordTime time, CancellationToken cancel = default);

    /// <summary>The last batch whose first record's id is not greater than <paramref name="id"/>; null when all begin with greater ones.</summary>
    ValueTask<BatchPlace?> FindAsync(StreamNumber stream, RingId id, CancellationToken cancel = default);

    /// <summary>The catalogue's line for one stream, or null.</summary>
    ValueTask<StreamEntry?> FindEntryAsync(StreamName name, CancellationToken cancel = default);

    /// <summary>Streams of one kind and project by name, in the order of code points, after <paramref name="after"/>.</summary>
    /// <param name="project">The tenant.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="after">The last name seen; empty to begin.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<IReadOnlyList<StreamEntry>> ListEntriesAsync(string project, StreamKind kind, string after, int limit, CancellationToken cancel = default);

    ValueTask<long> CountEntriesAsync(string project, StreamKind kind, CancellationToken cancel = default);

    /// <summary>All streams in the order of their numbers, each with its oldest batch.</summary>
    /// <param name="after">The last number seen; the default to begin.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<IReadOnlyList<StoredStream>> ListStoredAsync(StreamNumber after, int limit, CancellationToken cancel = default);

    /// <summary>Replaces options and metadata of a stream.</summary>
    /// <returns>False when the stream is gone.</returns>
    ValueTask<bool> UpdateEntryAsync(StreamNumber stream, StreamOptions options, ReadOnlyMemory<byte> metadata, CancellationToken cancel = default);

    /// <summary>Removes a stream from the catalogue at once, whoever owns it; commits to it are refused from then on. What it held is removed by <see cref="ReclaimAsync"/>.</summary>
    /// <param name="name">Which.</param>
    /// <param name="only">Leaves a stream of another number alone; null deletes whichever has the name.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>The number it had, or null.</returns>
    ValueTask<StreamNumber?> DeleteAsync(StreamName name, StreamNumber? only = null, CancellationToken cancel = default);

    /// <summary>Removes a bounded part of what deleted streams have left behind.</summary>
    /// <returns>True when there is more.</returns>
    ValueTask<bool> ReclaimAsync(CancellationToken cancel = default);
}

/// <summary>The connection was lost while a transaction was committing.</summary>
public sealed class CommitOutcomeUnknownException(string message, Exception inner) : Exception(message, inner);

/// <summary>Asks for ownership of one stream.</summary>
/// <param name="Name">Which.</param>
/// <param name="Create">What to create it with if it does not exist; null leaves it missing.</param>
public readonly record struct OpenRequest(StreamName Name, StreamSeed? Create);

/// <summary>What a new stream begins with.</summary>
/// <param name="Options">What it keeps.</param>
/// <param name="Metadata">What its users wrote down about it.</param>
/// <param name="Created">The creator's clock.</param>
/// <param name="Number">Given by another store, whose numbers this one then shares; null lets the store give one of its own. A store that is given numbers gives none.</param>
public sealed record StreamSeed(StreamOptions Options, ReadOnlyMemory<byte> Metadata, RecordTime Created, StreamNumber? Number = null);

/// <summary>A stream as its new owner finds it.</summary>
public sealed record OpenedStream
{
    public required StreamEntry Entry { get; init; }

    /// <summary>The token raised for this owner.</summary>
    public required FencingToken Token { get; init; }

    /// <summary>True when the request created it.</summary>
    public required bool IsNew { get; init; }

    /// <summary>Oldest record kept, as of the last trim that was written.</summary>
    public required Sequence LowWatermark { get; init; }

    /// <summary>The sequence after the newest record: from the last batch, or as of the last trim when no batch is left.</summary>
    public required Sequence Next { get; init; }

    /// <summary>Time of the newest record there ever was.</summary>
    public required RecordTime LastTime { get; init; }

    /// <summary>The first batch still stored; null when there is none.</summary>
    public required BatchPlace? FirstBatch { get; init; }

    /// <summary>The last batch; null when none is left.</summary>
    public required BatchPlace? LastBatch { get; init; }

    /// <summary>State written by the actor; empty when it never wrote one.</summary>
    public required ReadOnlyMemory<byte> Snapshot { get; init; }

    /// <summary>Number of the last journal entry that the snapshot includes.</summary>
    public required long SnapshotThrough { get; init; }

    /// <summary>Journal entries after the snapshot, in order.</summary>
    public required IReadOnlyList<JournalEntry> Journal { get; init; }

    /// <summary>Number of the last journal entry there ever was; 0 when there was none.</summary>
    public long JournalNumber => Journal.Count > 0 ? Journal[^1].Number : SnapshotThrough;
}

/// <summary>Where a stored batch stands.</summary>
/// <param name="First">Sequence of its first record.</param>
/// <param name="Count">Its records.</param>
/// <param name="FirstTime">Time of its first record.</param>
/// <param name="EndBytes">Bytes of all batches of the stream ever stored, up to and including this one.</param>
/// <param name="FirstId">Id of its first record, in rings.</param>
/// <param name="Bytes">Its own bytes.</param>
public readonly record struct BatchPlace(Sequence First, int Count, RecordTime FirstTime, long EndBytes, RingId? FirstId, int Bytes)
{
    public Sequence Last => First.Plus(Count - 1);

    public RecordTime LastTime => FirstTime.Plus(Count - 1);
}

/// <summary>A stream as storage has it, whoever owns it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Options">What it keeps.</param>
/// <param name="LowWatermark">Oldest record kept, as of the last trim that was written.</param>
/// <param name="FirstBatch">The first batch still stored; null when there is none.</param>
public readonly record struct StoredStream(StreamNumber Number, StreamName Name, StreamOptions Options, Sequence LowWatermark, BatchPlace? FirstBatch);

/// <summary>A batch to store.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Bytes">The whole batch (Frames/FORMAT.md).</param>
public readonly record struct BatchRow(BatchPlace Place, byte[] Bytes);

/// <summary>One change of an actor's state. Numbers rise by one within a stream, from 1.</summary>
public readonly record struct JournalEntry(long Number, byte[] Bytes);

/// <summary>An actor's whole state as of a journal entry; entries up to it go.</summary>
public readonly record struct SnapshotRow(long Through, byte[] Bytes);

/// <summary>
/// What is gone for readers. Whole batches that end below <paramref name="LowWatermark"/> are deleted, oldest first, in bounded steps; the rest of the
/// values are kept so that they survive the deletion of every batch.
/// </summary>
public readonly record struct TrimRow(Sequence LowWatermark, Sequence Next, RecordTime LastTime);

/// <summary>What one stream writes in one transaction. Everything of it is stored, or nothing.</summary>
public sealed record StreamCommit
{
    public required StreamNumber Stream { get; init; }

    public required FencingToken Token { get; init; }

    /// <summary>In sequence order.</summary>
    public IReadOnlyList<BatchRow> Batches { get; init; } = [];

    public JournalEntry? Journal { get; init; }

    public SnapshotRow? Snapshot { get; init; }

    public TrimRow? Trim { get; init; }
}

/// <summary>What became of one stream's part of a transaction.</summary>
public enum CommitOutcome
{
    Committed,

    /// <summary>The stream has another owner, or is deleted. Nothing of it was stored.</summary>
    Fenced,

    /// <summary>Committed, and more batches are below the low watermark than one transaction may delete: the stream's next trim goes on.</summary>
    TrimUnfinished,
}

/// <summary>A page of stored batches.</summary>
/// <param name="Batches">Checked, in the order asked for.</param>
/// <param name="Damaged">Rows that were skipped because their bytes are not what was written.</param>
/// <param name="Exhausted">True when no batch of the asked range follows.</param>
public sealed record StoredPage(IReadOnlyList<StoredBatch> Batches, IReadOnlyList<DamagedBatch> Damaged, bool Exhausted);

/// <summary>A batch as it was stored.</summary>
public readonly record struct StoredBatch(Frames.BatchHeader Header, ReadOnlyMemory<byte> Bytes);

/// <summary>A row whose bytes are damaged.</summary>
/// <param name="First">The first sequence by its key.</param>
/// <param name="Count">The number of records by its key.</param>
/// <param name="Reason">What is wrong with it.</param>
public readonly record struct DamagedBatch(Sequence First, int Count, string Reason);
