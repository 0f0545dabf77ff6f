using System.Collections.Concurrent;
using Mesh.Engine.Commit;
using Mesh.Engine.Groups;
using Mesh.Engine.Log;
using Mesh.Engine.Pools;
using Mesh.Engine.Queues;
using Mesh.Engine.Storage;
using Mesh.Engine.Streams;
using Mesh.Engine.Time;

namespace Mesh.Engine;

/// <summary>What every actor of a store shares.</summary>
/// <param name="Store">Where streams are kept that are in no pool, and the entries of all.</param>
/// <param name="Pump">Its one writer.</param>
/// <param name="Clock">The process's clock.</param>
/// <param name="Options">Bounds.</param>
/// <param name="ReportDamage">Told of each damaged batch that a read skipped.</param>
public sealed record EngineContext(ILogStore Store, CommitPump Pump, SteadyClock Clock, EngineOptions Options, Action<StreamName, DamagedBatch> ReportDamage)
{
    /// <summary>Where streams are that are in no pool.</summary>
    public StreamHome Home { get; } = new(Store, Pump);

    /// <summary>The other stores; null where there are none.</summary>
    public PoolStores? Pools { get; init; }

    internal PartlyRead PartlyRead { get; } = new(Options.PartlyReadBytesMax);

    internal ReadAheads ReadAheads { get; } = new(Options.ReadAheadBytesMax);

    /// <summary>Told when a stream was deleted because its time was up; the host sees to what it held. Set before the first stream is opened.</summary>
    public Action OnExpired { get; set; } = static () => { };

    /// <summary>Gives the queues that take dead letters of consumer groups. Set by the host; without it groups have none to give theirs to.</summary>
    public DeadLetterTarget DeadLetters { get; init; } = static queue => throw new InvalidOperationException($"This host has no queue to take dead letters, so none for {queue}.");

    /// <summary>Actors that somebody waits at. They must stay in memory: a new one would not know who waits.</summary>
    public ConcurrentDictionary<StreamKeeper, bool> Awaited { get; } = new();

    /// <summary>Takes ownership of a stream in its home.</summary>
    /// <returns>Null when it does not exist and was not to be created.</returns>
    internal async Task<HomedStream?> OpenAsync(StreamName name, StreamSeed? create)
    {
        if (Pools is not null) return await Pools.OpenAsync(name, create);
        return await Pump.OpenAsync(new OpenRequest(name, create)) is { } opened ? new HomedStream(opened, Home) : null;
    }
}

/// <summary>Bounds of one stream's actor.</summary>
public sealed record EngineOptions
{
    /// <summary>Largest segment taken, in bytes. Default 32 MiB; 64 KiB to 64 MiB.</summary>
    public int SegmentBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes of one stream that wait to be committed; beyond it appends are <see cref="AppendResult.Busy"/>. Default 32 MiB; from <see cref="SegmentBytesMax"/>.</summary>
    public long StreamPendingBytesMax { get; init; } = 32L * 1024 * 1024;

    /// <summary>How long a busy caller is told to wait. Default 100 ms.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a stream deletes in storage what retention has taken from readers. Default 1 s.</summary>
    public TimeSpan TrimInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of large batches kept in memory, over all streams, for those who read on in them page by page. Default 32 MiB; 0 keeps none.</summary>
    public long PartlyReadBytesMax { get; init; } = 32L * 1024 * 1024;

    /// <summary>Bytes of batches kept in memory, over all streams, that consumers of groups are about to read. Default 32 MiB; 0 keeps one page.</summary>
    public long ReadAheadBytesMax { get; init; } = 32L * 1024 * 1024;

    /// <summary>Bytes of records after which a partition writes its index of topics; opening it reads at most that much of the log. Default 32 MiB; from 1.</summary>
    public long TopicSnapshotBytes { get; init; } = 32L * 1024 * 1024;
}
