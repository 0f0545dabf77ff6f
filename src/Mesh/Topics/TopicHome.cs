namespace Mesh.Topics;

/// <summary>The one partition that takes a topic's events.</summary>
/// <param name="Partition">Its name.</param>
/// <param name="Topic">The topic that made the name; null when the partition is for whatever its rule matches.</param>
/// <param name="Rule">The rule that chose it; null when none did.</param>
public sealed record TopicHome(StreamName Partition, string? Topic, PartitionRule? Rule)
{
    /// <summary>What the partition keeps when it is made.</summary>
    public StreamOptions Options => Rule?.Options ?? StreamOptions.Default;
}
