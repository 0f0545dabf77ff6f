using Google.Protobuf.WellKnownTypes;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Options of streams as messages.</summary>
internal static class OptionsMessage
{
    /// <summary>Replaces what clients may say of a stream, and keeps the rest.</summary>
    /// <param name="message">What the client says.</param>
    /// <param name="before">What is there.</param>
    /// <param name="kind">The stream's kind.</param>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: an option is out of its range, or not one of this kind's.</exception>
    public static StreamOptions Read(V1.StreamOptions message, StreamOptions before, StreamKind kind)
    {
        var options = before with
        {
            RetentionAge = Times.Of("options: retention_age", message.RetentionAge),
            RetentionCount = message.HasRetentionCount ? message.RetentionCount : null,
            RetentionBytes = message.HasRetentionBytes ? message.RetentionBytes : null,
            DedupeWindow = Times.Of("options: dedupe_window", message.DedupeWindow) ?? TimeSpan.Zero,
            Priorities = message.Priorities ? true : null,
            DeliveryCountMax = message.HasDeliveryCountMax ? message.DeliveryCountMax : null,
            DeadLetterQueue = message.DeadLetterQueue.Length == 0 ? null : message.DeadLetterQueue,
            DeadLetterTtl = Times.Of("options: dead_letter_ttl", message.DeadLetterTtl),
            Flavor = message.Flavor.Length == 0 ? null : message.Flavor,
            ExpiresAt = message.ExpiresAt is { } time ? Times.Of("options: expires_at", time) : null,
        };
        Check(options, kind);
        return options;
    }

    public static V1.StreamOptions Write(StreamOptions options)
    {
        var message = new V1.StreamOptions
        {
            RetentionAge = Span(options.RetentionAge),
            DedupeWindow = Duration.FromTimeSpan(options.DedupeWindow),
            Priorities = options.Priorities == true,
            DeadLetterQueue = options.DeadLetterQueue ?? "",
            DeadLetterTtl = Span(options.DeadLetterTtl),
            Flavor = options.Flavor ?? "",
            ExpiresAt = options.ExpiresAt is { } time ? Times.Show(time) : null,
        };
        if (options.RetentionCount is { } count) message.RetentionCount = count;
        if (options.RetentionBytes is { } bytes) message.RetentionBytes = bytes;
        if (options.DeliveryCountMax is { } deliveries) message.DeliveryCountMax = deliveries;
        return message;
    }

    private static void Check(StreamOptions options, StreamKind kind)
    {
        var fault =
            options.RetentionAge < TimeSpan.FromSeconds(1) ? $"retention_age must be at least 1 s; it is {options.RetentionAge}."
            : options.RetentionCount < 1 ? $"retention_count must be at least 1; it is {options.RetentionCount}."
            : options.RetentionBytes < 1 ? $"retention_bytes must be at least 1; it is {options.RetentionBytes}."
            : options.DedupeWindow < TimeSpan.FromSeconds(1) || options.DedupeWindow > TimeSpan.FromDays(7) ? $"dedupe_window must be 1 s to 7 days; it is {options.DedupeWindow}."
            : options.DeliveryCountMax < 1 ? $"delivery_count_max must be at least 1; it is {options.DeliveryCountMax}."
            : options.DeadLetterTtl <= TimeSpan.Zero ? $"dead_letter_ttl must be more than zero; it is {options.DeadLetterTtl}."
            : options.DeadLetterQueue is not null && options.DeliveryCountMax is null ? "dead_letter_queue needs delivery_count_max: give both, or neither."
            : options.ExpiresAt is not null && kind != StreamKind.Ring ? "Only rings have expires_at; leave it out."
            : OfQueues(options) is { } name && kind != StreamKind.Queue ? $"Only queues have {name}; leave it out."
            : null;
        if (fault is not null) throw Names.Wrong($"options: {fault}");
    }

    private static string? OfQueues(StreamOptions options) =>
        options.Priorities is not null ? "priorities"
        : options.DeliveryCountMax is not null ? "delivery_count_max"
        : options.DeadLetterTtl is not null ? "dead_letter_ttl"
        : options.Flavor is not null ? "flavor"
        : null;

    private static Duration? Span(TimeSpan? span) => span is { } known ? Duration.FromTimeSpan(known) : null;
}
