namespace Mesh.Client;

/// <summary>A record that is durable.</summary>
/// <param name="Sequence">Its place in the stream; 0 when it was stored before and its place is no longer known.</param>
/// <param name="Time">When the log took it; null when it was stored before.</param>
/// <param name="IsRepeat">It was stored before: the answer of the first attempt was lost.</param>
public readonly record struct AppendedRecord(Sequence Sequence, DateTimeOffset? Time, bool IsRepeat);
