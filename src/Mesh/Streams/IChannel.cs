namespace Mesh;

/// <summary>One tree of RSE channels (RSE specification, section 2.5). A record's key is the path below the tree's root: empty, or beginning with a slash.</summary>
public interface IChannel : IGroupedLog
{
    /// <summary>Reads by path from one snapshot: merged, sorted by time, then cut.</summary>
    ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default);

    /// <summary>
    /// Waits until there may be what a query asks for. Read, wait from behind the high watermark that the page named, read again: nothing is missed between.
    /// Records that the query does not ask for wake nobody, or seldom.
    /// </summary>
    /// <param name="query">What is waited for; its order and bounds do not count.</param>
    /// <param name="from">Only records at this sequence or later.</param>
    /// <param name="timeout">At most.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>True when it is time to read again; false when the time was up first.</returns>
    ValueTask<bool> WaitAsync(ChannelQuery query, Sequence from, TimeSpan timeout, CancellationToken cancel = default);
}

/// <summary>Which sub-channels of a tree a read takes in.</summary>
public enum ChannelScope
{
    /// <summary>The path alone.</summary>
    Exact,

    /// <summary>The path and every path that it lies below.</summary>
    Parents,

    /// <summary>The path and every path below it, on segment boundaries.</summary>
    Descendants,
}

/// <summary>A read by path.</summary>
public sealed record ChannelQuery
{
    /// <summary>Key: empty for the root, else beginning with a slash.</summary>
    public required string Path { get; init; }

    public ChannelScope Scope { get; init; }

    /// <summary>Only records with a strictly greater time.</summary>
    public RecordTime After { get; init; }

    public bool Descending { get; init; }

    /// <summary>1 to 100,000.</summary>
    public int RecordsMax { get; init; } = 200;

    /// <summary>The page ends with the record whose batch reaches this many bytes of stored batches, so it may hold fewer records; one at least, if there is any. From 1.</summary>
    public long BytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Leave out records of this producer. Null leaves out none.</summary>
    public string? ExceptProducer { get; init; }
}
