namespace Mesh.Topics;

/// <summary>The one partition that takes a topic's events.</summary>
/// <param name="Partition">Its name.</param>
/// <param name="Topic">The topic that made the name; null when the partition is for whatever its rule matches.</param>
/// <param name="Options">What the partition keeps when it is made.</param>
public sealed record TopicHome(StreamName Partition, string? Topic, StreamOptions Options)
{
    /// <summary>Subscribers know it without being told.</summary>
    internal bool IsKnown => Partition == TopicHomes.Events;

    /// <summary>It is made by its first append, and nothing is to be said about it.</summary>
    internal bool IsPlain => IsKnown && ReferenceEquals(Options, StreamOptions.Default);
}
