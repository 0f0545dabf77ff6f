namespace Mesh.Engine.Commit;

/// <summary>Bounds of a commit pump.</summary>
public sealed record CommitPumpOptions
{
    /// <summary>Bytes that wait to be committed, over all streams; beyond it appends are <see cref="AppendResult.Busy"/>. Default 64 MiB; from 1 MiB.</summary>
    public long PendingBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes after which a transaction takes no further stream. Default 8 MiB; from 64 KiB.</summary>
    public long TransactionBytesMax { get; init; } = 8L * 1024 * 1024;

    /// <summary>Streams in one transaction. Default 1,000; from 1.</summary>
    public int TransactionStreamsMax { get; init; } = 1000;

    /// <summary>Streams opened in one transaction. Default 256; from 1.</summary>
    public int OpeningsMax { get; init; } = 256;

    /// <summary>Bytes of the newest batches kept in memory, over all streams. Default 64 MiB; 0 keeps none.</summary>
    public long CacheBytesMax { get; init; } = 64L * 1024 * 1024;
}
