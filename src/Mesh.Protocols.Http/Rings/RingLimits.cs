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
    public string? Fault() => Limits.Fault("entries");

    public static RingLimits Of(StreamOptions options)
    {
        var limits = RetentionLimits.Of(options);
        return new RingLimits { Entries = limits.Count, Bytes = limits.Bytes, Age = limits.AgeSeconds };
    }

    [JsonIgnore]
    internal RetentionLimits Limits => new(Entries, Bytes, Age);
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
