namespace Mesh.Protocols.Resp.Commands;

/// <summary>What a stream is trimmed to. An approximate trim (<c>~</c>) is exact here, as far as its LIMIT lets it.</summary>
/// <param name="KeepCount">Set by MAXLEN.</param>
/// <param name="KeepFrom">Set by MINID.</param>
/// <param name="DropMax">Set by LIMIT: at most so many entries go.</param>
internal readonly record struct TrimOption(long? KeepCount, RingId? KeepFrom, long DropMax)
{
    public bool IsSet => KeepCount is not null || KeepFrom is not null;

    /// <summary>An append can trim to a count by itself, and to nothing else.</summary>
    public bool GoesWithAppend => KeepFrom is null && DropMax == long.MaxValue;

    /// <returns>How many entries went.</returns>
    public ValueTask<long> ApplyAsync(IRing ring) => KeepCount is { } count ? ring.TrimToCountAsync(count, DropMax) : ring.TrimBelowAsync(KeepFrom!.Value, DropMax);
}
