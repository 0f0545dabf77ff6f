namespace Mesh.Engine.Groups;

/// <summary>
/// How many records were ever added up to an id, as far as that can be told without counting: deleted records in between make it unknown (Redis 7.0,
/// "entries-read" and "lag" of XINFO GROUPS).
/// </summary>
/// <param name="Length">Records there are.</param>
/// <param name="Added">Records ever added.</param>
/// <param name="FirstId">Id of the oldest; 0-0 when there is none.</param>
/// <param name="LastId">The greatest id ever given.</param>
/// <param name="MaxDeletedId">The greatest id ever deleted by itself.</param>
internal readonly record struct ReadCounts(long Length, long Added, RingId FirstId, RingId LastId, RingId MaxDeletedId)
{
    /// <summary>Ids are <c>sequence-0</c>, and so say themselves how many records there were.</summary>
    public bool HasSequenceIds { get; init; }

    /// <summary>The count after a group that counted <paramref name="read"/> was given the record with this id next.</summary>
    public long? After(RingId id, long? read)
    {
        if (HasSequenceIds) return (long)id.Milliseconds;
        if (read is { } known && !IsBrokenFrom(id)) return known + 1;
        return Added > 0 ? UpTo(id) : read;
    }

    /// <summary>How many records a group has still to be given.</summary>
    public long? Lag(RingId lastDelivered, long? read)
    {
        if (Added == 0) return 0;
        if (HasSequenceIds) return Math.Clamp(Added - (long)Math.Min(lastDelivered.Milliseconds, long.MaxValue), 0, Length);
        if (read is { } known && !IsBrokenFrom(lastDelivered)) return Added - known;
        return UpTo(lastDelivered) is { } count ? Added - count : null;
    }

    private long? UpTo(RingId id)
    {
        if (Added == 0) return 0;
        if ((Length == 0 && id <= LastId) || id == LastId) return Added;
        if (id > LastId || (MaxDeletedId != RingId.None && MaxDeletedId >= FirstId)) return null;
        return id < FirstId ? Added - Length : id == FirstId ? Added - Length + 1 : null;
    }

    private bool IsBrokenFrom(RingId id) => Length > 0 && MaxDeletedId != RingId.None && MaxDeletedId >= FirstId && id <= MaxDeletedId;
}
