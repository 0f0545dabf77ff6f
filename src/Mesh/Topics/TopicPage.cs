namespace Mesh.Topics;

/// <summary>A page of a subscription to topics.</summary>
/// <param name="Partition">Where its records are.</param>
/// <param name="Page">Records whose topics match.</param>
/// <param name="Missed">How many records retention took before the subscriber had come so far; they lay right before the page.</param>
public sealed record TopicPage(StreamName Partition, RecordPage Page, long Missed = 0)
{
    /// <summary>Part of a history by topics: its records lie before those of earlier pages, or of later ones, and where to read on is told by the first page that is none.</summary>
    public bool IsHistory { get; init; }
}
