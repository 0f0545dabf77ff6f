using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mesh;

/// <summary>What a stream keeps and how it behaves; stored with the stream as JSON. Absent limits do not limit.</summary>
public sealed record StreamOptions
{
    private const long MicrosPerDay = TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond;

    private static readonly TimeSpan DedupeWindowDefault = TimeSpan.FromMinutes(2);

    public static readonly StreamOptions Default = new();

    /// <summary>Records older than this are gone for readers, exactly. Null keeps them; from 1 s.</summary>
    public TimeSpan? RetentionAge { get; init; }

    /// <summary>Exactly the last so many records are kept. Null keeps them all; from 1.</summary>
    public long? RetentionCount { get; init; }

    /// <summary>
    /// The oldest records go while the stored bytes of the stream exceed this; of those that were stored together, as many as their average size tells. The newest
    /// record always stays. From 1.
    /// </summary>
    public long? RetentionBytes { get; init; }

    /// <summary>
    /// Rotation by day: records go a whole day at a time, when a new one begins, at this time of the day in UTC. Null does not; from 0 to less than 24 hours.
    /// Needs <see cref="RotationsKept"/>.
    /// </summary>
    public TimeSpan? RotationAt { get; init; }

    /// <summary>
    /// Rotation by size: as soon as the stored bytes of the stream exceed this once more than <see cref="RotationsKept"/> times, whole batches go, oldest first, until no more
    /// than that many times are left. Null does not; from 1.
    /// </summary>
    public long? RotationBytes { get; init; }

    /// <summary>How many full days, or sizes, are kept beside the one that is being filled. From 0.</summary>
    public int? RotationsKept { get; init; }

    /// <summary>Rings: the stream is deleted with all it holds at this time. Null never does.</summary>
    public RecordTime? ExpiresAt { get; init; }

    /// <summary>How long a repeated publish is recognised, whatever was trimmed since. 1 s to 7 days; default 2 minutes, which zero stands for too.</summary>
    public TimeSpan DedupeWindow
    {
        get;

        // A stored form that lacks it is read as zero.
        init => field = value == TimeSpan.Zero ? DedupeWindowDefault : value;
    } = DedupeWindowDefault;

    /// <summary>
    /// Queues: records have priorities (<see cref="Frames.QueuePriority"/>): of the highest the oldest is handed out first. Such a queue looks at every record when it comes,
    /// and at the oldest million at a time. Null knows none.
    /// </summary>
    public bool? Priorities { get; init; }

    /// <summary>Queues: after so many deliveries the next claim moves the record to <see cref="DeadLetterQueue"/> instead. Null never does.</summary>
    public int? DeliveryCountMax { get; init; }

    /// <summary>Queues: name of the queue, in the same project, that takes dead letters. Needs <see cref="DeliveryCountMax"/>.</summary>
    public string? DeadLetterQueue { get; init; }

    /// <summary>Queues: time to live of a dead letter from the moment it moves. Null keeps the time that was left.</summary>
    public TimeSpan? DeadLetterTtl { get; init; }

    /// <summary>Queues: the flavor of the pools among which the home of a new queue is chosen (<see cref="IPools"/>). Null chooses among those without one.</summary>
    public string? Flavor { get; init; }

    /// <summary>The pool that holds the stream's records; null is the host's own store. Chosen when the stream is made, unless it is given then; changing it later has no effect.</summary>
    public string? Pool { get; init; }

    /// <summary>The newest time of which records are gone by their age or their day; null when no limit goes by time.</summary>
    public RecordTime? GoneThrough(RecordTime now)
    {
        var byAge = RetentionAge is { } age ? now.Micros - (age.Ticks / TimeSpan.TicksPerMicrosecond) : long.MinValue;
        var byDay = RotationAt is { } at && RotationsKept is { } kept ? StartOfDay(now.Micros, at) - (kept * MicrosPerDay) - 1 : long.MinValue;
        var last = Math.Max(byAge, byDay);
        return last == long.MinValue ? null : new RecordTime(last);
    }

    /// <summary>Whether it keeps what the other keeps: age, count, bytes and rotation.</summary>
    public bool Keeps(StreamOptions other) => Keeping(other) == this;

    /// <summary>These options with the other's retention.</summary>
    public StreamOptions Keeping(StreamOptions other) =>
        this with
        {
            RetentionAge = other.RetentionAge,
            RetentionCount = other.RetentionCount,
            RetentionBytes = other.RetentionBytes,
            RotationAt = other.RotationAt,
            RotationBytes = other.RotationBytes,
            RotationsKept = other.RotationsKept,
        };

    private static long StartOfDay(long micros, TimeSpan at)
    {
        var offset = at.Ticks / TimeSpan.TicksPerMicrosecond;
        return (long)Math.Floor((micros - offset) / (decimal)MicrosPerDay) * MicrosPerDay + offset;
    }

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StreamOptionsJson.Default.StreamOptions);

    /// <exception cref="JsonException">The text is not the stored form of options.</exception>
    public static StreamOptions FromJson(string json) =>
        JsonSerializer.Deserialize(json, StreamOptionsJson.Default.StreamOptions) ?? throw new JsonException("Stream options must be a JSON object.");
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StreamOptions))]
internal sealed partial class StreamOptionsJson : JsonSerializerContext;
