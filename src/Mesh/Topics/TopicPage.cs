namespace Mesh.Topics;

/// <summary>A page of a subscription to topics.</summary>
/// <param name="Partition">Where its records are.</param>
/// <param name="Page">Records whose topics match.</param>
/// <param name="Missed">How many records retention took before the subscriber had come so far; they lay right before the page.</param>
public sealed record TopicPage(StreamName Partition, RecordPage Page, long Missed = 0);
