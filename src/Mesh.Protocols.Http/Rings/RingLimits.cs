using System.Text.Json.Serialization;

namespace Mesh.Protocols.Http.Rings;

/// <summary>What a ring keeps, as a client says it. An absent limit does not limit.</summary>
internal sealed record RingLimits
{
    /// <summary>Exactly the last so many entries. From 1.</summary>
    public long? Entries { get; init; }

    /// <summary>Stored bytes; the oldest go, some at a time, while there are more. From 1.</summary>
    public long? Bytes { get; init; }

    /// <summary>Seconds after which an entry is gone. From 1 to ten years.</summary>
    public long? Age { get; init; }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault()
    {
        const long AgeMax = 10L * 366 * 24 * 60 * 60;
        if (Entries < 1) return $"entries must be at least 1; it is {Entries}.";
        if (Bytes < 1) return $"bytes must be at least 1; it is {Bytes}.";
        return Age is < 1 or > AgeMax ? $"age must be 1 to {AgeMax} seconds; it is {Age}." : null;
    }

    public StreamOptions ApplyTo(StreamOptions options) => options with
    {
        RetentionCount = Entries,
        RetentionBytes = Bytes,
        RetentionAge = Age is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    public static RingLimits Of(StreamOptions options) => new()
    {
        Entries = options.RetentionCount,
        Bytes = options.RetentionBytes,
        Age = options.RetentionAge is { } age ? (long)age.TotalSeconds : null,
    };
}

/// <summary>How a ring stands.</summary>
/// <param name="Name">Its name, as RESP and rotera have it.</param>
/// <param name="Limits">What it keeps.</param>
/// <param name="Length">Entries there are.</param>
/// <param name="First">Sequence of the oldest; of the next one when there is none.</param>
/// <param name="Next">Sequence that the next entry gets; rotera's ids are one less.</param>
internal sealed record RingView(string Name, RingLimits Limits, long Length, long First, long Next);

/// <summary>A page of names.</summary>
/// <param name="Rings">In the order of their characters' codes.</param>
internal sealed record RingNames(IReadOnlyList<string> Rings);

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RingLimits))]
[JsonSerializable(typeof(RingView))]
[JsonSerializable(typeof(RingNames))]
internal sealed partial class RingJson : JsonSerializerContext;
