using Google.Protobuf.WellKnownTypes;

namespace Mesh.Client;

/// <summary>A stream as the server describes it.</summary>
/// <param name="Project">The tenant.</param>
/// <param name="Address">Its address.</param>
/// <param name="Options">What it keeps.</param>
/// <param name="Metadata">What its users wrote down about it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LowWatermark">The oldest record kept; the one after the high watermark when there is none. 0 in listings, as all that follows.</param>
/// <param name="HighWatermark">The newest record; 0 when there never was one.</param>
/// <param name="Length">Records that there are.</param>
/// <param name="Claimed">Queues: records that claims hold.</param>
/// <param name="Free">Queues: all others.</param>
public sealed record StreamDescription(
    string Project,
    string Address,
    StreamOptions Options,
    ReadOnlyMemory<byte> Metadata,
    DateTimeOffset CreatedAt,
    Sequence LowWatermark,
    Sequence HighWatermark,
    long Length,
    long Claimed,
    long Free)
{
    internal static StreamDescription Of(V1.StreamInfo info) => new(
        info.Project,
        info.Stream,
        OptionsOf(info.Options ?? new V1.StreamOptions()),
        info.Metadata.Memory,
        info.CreatedAt.ToDateTimeOffset(),
        new Sequence(info.LowWatermark),
        new Sequence(info.HighWatermark),
        info.Length,
        info.Queue?.Claimed ?? 0,
        info.Queue?.Free ?? 0);

    internal static V1.StreamOptions MessageOf(StreamOptions options)
    {
        var message = new V1.StreamOptions
        {
            RetentionAge = Of(options.RetentionAge),
            DedupeWindow = Duration.FromTimeSpan(options.DedupeWindow),
            Priorities = options.Priorities == true,
            DeadLetterQueue = options.DeadLetterQueue ?? "",
            DeadLetterTtl = Of(options.DeadLetterTtl),
            Flavor = options.Flavor ?? "",
            ExpiresAt = options.ExpiresAt is { } time ? Timestamp.FromDateTimeOffset(time.ToDateTimeOffset()) : null,
        };
        if (options.RetentionCount is { } count) message.RetentionCount = count;
        if (options.RetentionBytes is { } bytes) message.RetentionBytes = bytes;
        if (options.DeliveryCountMax is { } deliveries) message.DeliveryCountMax = deliveries;
        return message;
    }

    private static StreamOptions OptionsOf(V1.StreamOptions message) => new()
    {
        RetentionAge = message.RetentionAge?.ToTimeSpan(),
        RetentionCount = message.HasRetentionCount ? message.RetentionCount : null,
        RetentionBytes = message.HasRetentionBytes ? message.RetentionBytes : null,
        DedupeWindow = message.DedupeWindow?.ToTimeSpan() ?? TimeSpan.Zero,
        Priorities = message.Priorities ? true : null,
        DeliveryCountMax = message.HasDeliveryCountMax ? message.DeliveryCountMax : null,
        DeadLetterQueue = message.DeadLetterQueue.Length == 0 ? null : message.DeadLetterQueue,
        DeadLetterTtl = message.DeadLetterTtl?.ToTimeSpan(),
        Flavor = message.Flavor.Length == 0 ? null : message.Flavor,
        ExpiresAt = message.ExpiresAt is { } time ? RecordTime.From(time.ToDateTimeOffset()) : null,
    };

    private static Duration? Of(TimeSpan? span) => span is { } known ? Duration.FromTimeSpan(known) : null;
}
