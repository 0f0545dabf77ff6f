using System.Collections.Frozen;

namespace Mesh.Topics;

/// <summary>With which records a subscription to topics begins, before the live ones. What is named more closely wins: position, sequence, time, depth.</summary>
public sealed record TopicStart
{
    /// <summary>Live records only.</summary>
    public static readonly TopicStart Live = new();

    /// <summary>The last so many records of each topic. 0 to <see cref="IPartition.HistoryDepthMax"/>.</summary>
    public int HistoryDepth { get; init; }

    /// <summary>The first record wanted by the time at which the log took it, this or later.</summary>
    public RecordTime? FromTime { get; init; }

    /// <summary>The first sequence wanted, in each partition; one that is gone stands for the oldest there is.</summary>
    public Sequence? From { get; init; }

    /// <summary>The first sequence wanted of a partition. With any given, and nothing else, a partition that is not named is read from its oldest record.</summary>
    public IReadOnlyDictionary<StreamName, Sequence> Positions { get; init; } = FrozenDictionary<StreamName, Sequence>.Empty;

    /// <summary>The first sequence wanted of this partition; null when it does not go by sequences.</summary>
    internal Sequence? In(in StreamName partition)
    {
        if (Positions.TryGetValue(partition, out var position)) return position;
        if (From is not null || FromTime is not null || HistoryDepth > 0 || Positions.Count == 0) return From;
        return Sequence.First;
    }
}
