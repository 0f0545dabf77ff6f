using Mesh.Engine.Log;

namespace Mesh.Engine.Groups;

/// <summary>
/// A stream as its consumer groups see it. Ids are its records' Redis ids on a ring; on any other stream a record's id is <c>sequence-0</c>. What is said to be in
/// a turn is called with <see cref="Turn"/> held, everything else without.
/// </summary>
internal interface IGroupSource
{
    StreamName Name { get; }

    EngineContext Engine { get; }

    Lock Turn { get; }

    /// <summary>In a turn: what is known of the log; null when nothing is.</summary>
    SequencedLog? Log { get; }

    /// <summary>In a turn: the stream does not exist.</summary>
    bool IsMissing { get; }

    /// <summary>In a turn: the stream is open, so changes can be made.</summary>
    bool IsOpen { get; }

    /// <summary>In a turn, with the stream open: its options.</summary>
    StreamOptions Options { get; }

    /// <summary>A record's id follows from its sequence alone.</summary>
    bool HasSequenceIds { get; }

    /// <summary>In a turn: ids have ascended with sequences from the beginning.</summary>
    bool HasAscendingIds { get; }

    /// <summary>In a turn: the greatest id there ever was, or was set.</summary>
    RingId LastId { get; }

    /// <summary>In a turn: the greatest id ever deleted by itself.</summary>
    RingId MaxDeletedId { get; }

    /// <summary>Owns the stream for writing, or knows that it does not exist.</summary>
    ValueTask EnsureOpenAsync();

    ValueTask EnsureReadableAsync();

    /// <summary>Makes the low watermark exact.</summary>
    ValueTask LoadPlacesAsync();

    ValueTask<bool> CreateAsync();

    /// <summary>In a turn: an answer that is given when everything done so far is durable.</summary>
    ValueTask<T> AfterCommit<T>(T answer);

    /// <summary>In a turn: writes a change down, which readers see at once.</summary>
    void AddChange(byte op, ReadOnlySpan<byte> change);

    /// <summary>In a turn: whoever waits for records looks again.</summary>
    void WakeReaders();

    /// <summary>In a turn: whoever waits came or left.</summary>
    void NoteAwaited();

    /// <summary>In a turn: brings what is known to be gone up to now.</summary>
    void Settle();

    /// <summary>In a turn: the record is there.</summary>
    bool Lives(Sequence sequence);

    /// <summary>In a turn: the records of a page that are there.</summary>
    RecordPage Living(RecordPage page);

    /// <summary>In a turn: records that are there, from a place on.</summary>
    long CountFrom(Sequence from);

    /// <summary>In a turn: how groups are to count, if the id of the first record is known or does not matter.</summary>
    bool TryCount(bool needsFirstId, out ReadCounts counts);

    /// <summary>Finds the id of the first record, for <see cref="TryCount"/>.</summary>
    ValueTask FindFirstAsync(CancellationToken cancel);

    /// <summary>In a turn: records from memory, deleted ones among them; null when storage must be asked.</summary>
    RecordPage? TryReadHere(in ReadQuery query);

    /// <summary>Records that are there.</summary>
    ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel);

    /// <summary>The first record, of those there ever were, whose id is not smaller; the next one to come when all are smaller.</summary>
    ValueTask<Sequence> FirstNotBelowAsync(RingId id, CancellationToken cancel);

    /// <summary>The record with an id; null when there is none.</summary>
    ValueTask<Sequence?> FindAsync(RingId id, CancellationToken cancel);

    /// <summary>Slices of single records, up to the one whose batch reaches a number of bytes; those that are gone or damaged are left out.</summary>
    ValueTask<PickedRecords> PickAsync(StreamNumber stream, IReadOnlyList<Sequence> sequences, long bytesMax, CancellationToken cancel);
}
