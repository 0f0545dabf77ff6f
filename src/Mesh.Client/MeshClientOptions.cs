namespace Mesh.Client;

/// <summary>Bounds of a client.</summary>
public sealed record MeshClientOptions
{
    /// <summary>
    /// How long a call is tried again while the server cannot be reached or is busy, and how long an append waits for it. Keep it below the streams' dedupe window
    /// (2 minutes by default): what is sent again later may be stored again. Default 60 s; 0 to 1 hour.
    /// </summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Records of one stream that are sent and not acknowledged yet. Default 4,096; 1 to 100,000.</summary>
    public int WindowRecords { get; init; } = 4_096;

    /// <summary>Bytes of records of one stream that are appended and not acknowledged yet; beyond it AppendAsync waits, in order. Default 16 MiB; from 1 KiB.</summary>
    public long PendingBytesMax { get; init; } = 16L * 1024 * 1024;

    /// <summary>How long connecting may take. Default 5 s; 10 ms to 1 minute.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After so long without a byte from the server it is asked for a sign of life, and after as long again the connection counts as lost. Default 10 s; 1 s to 10 minutes.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream of appends stays open without any. Default 30 s; 10 ms to 1 hour.</summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromSeconds(30);

    internal void Check()
    {
        Check(nameof(RetryFor), RetryFor, TimeSpan.Zero, TimeSpan.FromHours(1));
        Check(nameof(WindowRecords), WindowRecords, 1, 100_000);
        Check(nameof(PendingBytesMax), PendingBytesMax, 1024, long.MaxValue);
        Check(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Check(nameof(KeepAlive), KeepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Check(nameof(IdleMax), IdleMax, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
    }

    private static void Check<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) throw new ArgumentException($"{name} must be {least} to {most}; it is {value}.");
    }
}
