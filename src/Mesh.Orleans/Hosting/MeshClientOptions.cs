namespace Mesh.Orleans;

/// <summary>Bounds of the mesh as one client of the cluster, or one silo, uses it.</summary>
public sealed class MeshClientOptions
{
    /// <summary>Largest segment sent, in bytes; the silos' own bound. Default 32 MiB; 64 KiB to 64 MiB.</summary>
    public int SegmentBytesMax { get; set; } = 32 * 1024 * 1024;

    /// <summary>Bytes of one stream that were sent or wait to be; beyond it appends are <see cref="AppendResult.Busy"/>. Default 32 MiB; from <see cref="SegmentBytesMax"/>.</summary>
    public long StreamPendingBytesMax { get; set; } = 32L * 1024 * 1024;

    /// <summary>Bytes of one stream's appends after which a grain call takes no further one. Default 4 MiB; from 64 KiB.</summary>
    public int CallBytesMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>Appends in one grain call. Default 1,000; from 1.</summary>
    public int CallAppendsMax { get; set; } = 1000;

    /// <summary>How long a busy caller is told to wait. Default 100 ms.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a call is tried again while the silo that holds its stream is gone, until another has the stream. Default 15 s; from 0.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one call waits at a stream that is followed before the next one takes its place. Default 20 s; 100 ms to 30 s.</summary>
    public TimeSpan FollowWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of the newest pages of one followed stream that are kept for local subscribers. Default 4 MiB; from 64 KiB.</summary>
    public int FollowBytesMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>Streams whose state is kept in memory although nobody uses them; each is small. Default 20,000; from 100.</summary>
    public int StreamsMax { get; set; } = 20_000;

    /// <summary>The clock that waits are timed by. Orleans keeps its own.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
