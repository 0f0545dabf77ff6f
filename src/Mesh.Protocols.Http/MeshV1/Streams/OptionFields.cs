using System.Text.Json;

namespace Mesh.Protocols.Http.MeshV1.Streams;

/// <summary>The options of a stream as a client says and sees them: a line for each.</summary>
internal static class OptionFields
{
    private const decimal AgeSecondsMax = 100m * 366 * 24 * 3600;
    private const decimal DedupeSecondsMax = 7m * 24 * 3600;

    private static readonly OptionField[] All =
    [
        Span("retentionAgeSeconds", 1, AgeSecondsMax, options => options.RetentionAge, (options, value) => options with { RetentionAge = value }),
        Count("retentionCount", long.MaxValue, options => options.RetentionCount, (options, value) => options with { RetentionCount = value }),
        Count("retentionBytes", long.MaxValue, options => options.RetentionBytes, (options, value) => options with { RetentionBytes = value }),
        Time("expiresAt", StreamKind.Ring, options => options.ExpiresAt, (options, value) => options with { ExpiresAt = value }),
        Span("dedupeWindowSeconds", 1, DedupeSecondsMax, options => options.DedupeWindow, (options, value) => options with { DedupeWindow = value ?? TimeSpan.Zero }),
        Flag("priorities", options => options.Priorities, (options, value) => options with { Priorities = value }),
        Count("deliveryCountMax", int.MaxValue, options => options.DeliveryCountMax, (options, value) => options with { DeliveryCountMax = (int?)value }, StreamKind.Queue),
        Text("deadLetterQueue", options => options.DeadLetterQueue, (options, value) => options with { DeadLetterQueue = value }),
        Span("deadLetterTtlSeconds", 1, AgeSecondsMax, options => options.DeadLetterTtl, (options, value) => options with { DeadLetterTtl = value }, StreamKind.Queue),
        Text("flavor", options => options.Flavor, (options, value) => options with { Flavor = value }),
        Text("pool", options => options.Pool, (options, value) => options with { Pool = value }),
    ];

    public static void Write(Utf8JsonWriter json, StreamOptions options)
    {
        json.WriteStartObject("options"u8);
        foreach (var field in All) field.Write(json, options);
        json.WriteEndObject();
    }

    /// <summary>Changes the options that the object names; null takes a limit away.</summary>
    /// <exception cref="V1Refusal">One is unknown, of the wrong form, out of bounds, or means nothing for the kind.</exception>
    public static StreamOptions Apply(StreamOptions options, JsonElement changes, StreamKind kind)
    {
        if (changes.ValueKind != JsonValueKind.Object) throw V1Refusal.Invalid("""The body is an object of options, such as {"retentionCount":1000}.""");
        foreach (var change in changes.EnumerateObject())
        {
            var field = Array.Find(All, each => each.Name == change.Name)
                ?? throw V1Refusal.Invalid($"There is no option {change.Name}; there are {string.Join(", ", All.Select(each => each.Name))}.");
            if (field.Only is { } only && only != kind) throw V1Refusal.Invalid($"The option {field.Name} is for streams of the kind {only}; this is a {kind}.");
            options = field.Read(options, change.Value);
        }

        if (options is { DeadLetterQueue: not null, DeliveryCountMax: null }) throw V1Refusal.Invalid("The option deadLetterQueue needs deliveryCountMax: after how many deliveries a record moves there.");
        return options;
    }

    private static OptionField Span(
        string name, decimal least, decimal most, Func<StreamOptions, TimeSpan?> get, Func<StreamOptions, TimeSpan?, StreamOptions> set, StreamKind? only = null) => new(
        name,
        only,
        (json, options) =>
        {
            if (get(options) is { } value) json.WriteNumber(name, V1Text.Seconds(value.Ticks / TimeSpan.TicksPerMicrosecond));
        },
        (options, value) => set(options, value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number when value.TryGetDecimal(out var seconds) && seconds >= least && seconds <= most => TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)),
            _ => throw V1Refusal.Invalid($"The option {name} is a number of {least} to {most} seconds, or null; it is {value.GetRawText()}."),
        }));

    private static OptionField Count(string name, long most, Func<StreamOptions, long?> get, Func<StreamOptions, long?, StreamOptions> set, StreamKind? only = null) => new(
        name,
        only,
        (json, options) =>
        {
            if (get(options) is { } value) json.WriteNumber(name, value);
        },
        (options, value) => set(options, value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number when value.TryGetInt64(out var number) && number >= 1 && number <= most => number,
            _ => throw V1Refusal.Invalid($"The option {name} is a whole number of 1 to {most}, or null; it is {value.GetRawText()}."),
        }));

    private static OptionField Time(string name, StreamKind only, Func<StreamOptions, RecordTime?> get, Func<StreamOptions, RecordTime?, StreamOptions> set) => new(
        name,
        only,
        (json, options) =>
        {
            if (get(options) is { } value) json.WriteString(name, V1Text.Of(value));
        },
        (options, value) => set(options, value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String when V1Text.TryTime(value.GetString()!, out var time) => time,
            _ => throw V1Refusal.Invalid($"The option {name} is a time such as \"2030-01-31T12:00:00Z\", or null; it is {value.GetRawText()}."),
        }));

    private static OptionField Flag(string name, Func<StreamOptions, bool?> get, Func<StreamOptions, bool?, StreamOptions> set) => new(
        name,
        StreamKind.Queue,
        (json, options) =>
        {
            if (get(options) is { } value) json.WriteBoolean(name, value);
        },
        (options, value) => set(options, value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw V1Refusal.Invalid($"The option {name} is true, false or null; it is {value.GetRawText()}."),
        }));

    private static OptionField Text(string name, Func<StreamOptions, string?> get, Func<StreamOptions, string?, StreamOptions> set) => new(
        name,
        StreamKind.Queue,
        (json, options) =>
        {
            if (get(options) is { } value) json.WriteString(name, value);
        },
        (options, value) => set(options, value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String when value.GetString() is { Length: > 0 and <= 256 } text => text,
            _ => throw V1Refusal.Invalid($"The option {name} is a text of 1 to 256 characters, or null; it is {value.GetRawText()}."),
        }));

    /// <summary>One option.</summary>
    /// <param name="Name">As clients know it.</param>
    /// <param name="Only">The kind it is for; null for all.</param>
    /// <param name="Write">Shows it where it is set.</param>
    /// <param name="Read">Sets it.</param>
    private sealed record OptionField(string Name, StreamKind? Only, Action<Utf8JsonWriter, StreamOptions> Write, Func<StreamOptions, JsonElement, StreamOptions> Read);
}
