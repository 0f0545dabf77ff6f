namespace Mesh;

/// <summary>Sets what a ring takes as given so far (Redis 7.0, XSETID).</summary>
/// <param name="LastId">The next id is greater.</param>
/// <param name="EntriesAdded">Null leaves the count.</param>
/// <param name="MaxDeletedId">0-0 leaves it.</param>
public readonly record struct RingPosition(RingId LastId, long? EntriesAdded, RingId MaxDeletedId);

/// <summary>What became of <see cref="IRing.SetPositionAsync"/>. Nothing was changed unless it is done.</summary>
public enum RingPositionResult
{
    Done,

    NoStream,

    /// <summary>The ring has a record with a greater id, or has had one since it was last empty.</summary>
    BelowTop,

    /// <summary>The ring has more records than were ever added.</summary>
    AddedBelowLength,
}
