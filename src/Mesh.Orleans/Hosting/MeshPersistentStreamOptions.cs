namespace Mesh.Orleans;

/// <summary>What one Orleans stream provider keeps, and its bounds. Silos and clients must agree on <see cref="Project"/> and <see cref="Partitions"/>.</summary>
public sealed class MeshPersistentStreamOptions
{
    /// <summary>The project of the partitions that hold the streams. Default <see cref="StreamName.DefaultProject"/>.</summary>
    public string Project { get; set; } = StreamName.DefaultProject;

    /// <summary>Partitions the streams are spread over; each is read by one silo at a time. For ever: with another number a stream is looked for elsewhere. Default 8; 1 to 1,024.</summary>
    public int Partitions { get; set; } = 8;

    /// <summary>What each partition keeps, and so how far back a stream can be rewound. Default everything.</summary>
    public StreamOptions Stream { get; set; } = StreamOptions.Default;

    /// <summary>Bytes of a partition's newest records kept in memory for all its subscribers; who is further behind reads on its own. Default 8 MiB; from 64 KiB.</summary>
    public long WindowBytesMax { get; set; } = 8L * 1024 * 1024;

    /// <summary>Bytes read at once for a subscriber that is behind. Default 256 KiB; 4 KiB to 16 MiB.</summary>
    public int ReadBackBytesMax { get; set; } = 256 * 1024;

    /// <summary>Subscribers of one partition that are behind and read at the same time. Default 4; from 1.</summary>
    public int ReadBacksMax { get; set; } = 4;

    /// <summary>How often it is written down what was delivered. A consumer that forgot its place when a silo died gets again what came in the last two of these. Default 5 s; from 100 ms.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Streams of one partition whose subscribers are behind and whose place is written down one by one; of more, the partition's place stays back. Default 1,000; from 1.</summary>
    public int LaggingStreamsMax { get; set; } = 1000;

    /// <summary>How long a publisher whose stream is busy tries. Default 15 s; from 0.</summary>
    public TimeSpan PublishFor { get; set; } = TimeSpan.FromSeconds(15);

    /// <exception cref="OrleansConfigurationException">A value is out of its range; the message names it.</exception>
    internal void Check(string provider)
    {
        Check(provider, nameof(Partitions), Partitions, 1, 1024);
        Check(provider, nameof(WindowBytesMax), WindowBytesMax, 64 * 1024, long.MaxValue);
        Check(provider, nameof(ReadBackBytesMax), ReadBackBytesMax, 4096, 16 * 1024 * 1024);
        Check(provider, nameof(ReadBacksMax), ReadBacksMax, 1, int.MaxValue);
        Check(provider, $"{nameof(CheckpointInterval)} in ms", (long)CheckpointInterval.TotalMilliseconds, 100, int.MaxValue);
        Check(provider, nameof(LaggingStreamsMax), LaggingStreamsMax, 1, int.MaxValue);
        Check(provider, $"{nameof(PublishFor)} in ms", (long)PublishFor.TotalMilliseconds, 0, int.MaxValue);
    }

    private static void Check(string provider, string name, long value, long min, long max)
    {
        if (value < min || value > max) throw new OrleansConfigurationException($"{name} of the Mesh streams \"{provider}\" must be {min} to {max}; it is {value}.");
    }
}
