namespace Mesh;

/// <summary>One tree of RSE channels (RSE specification, section 2.5). A record's key is the path below the tree's root: empty, or beginning with a slash.</summary>
public interface IChannel : IStreamLog
{
    /// <summary>Reads by path from one snapshot: merged, sorted by time, then cut.</summary>
    ValueTask<RecordPage> ReadAsync(ChannelQuery query, CancellationToken cancel = default);
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
