using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Mesh.Client;

/// <summary>A record to append.</summary>
public sealed record NewRecord
{
    /// <summary>The body. Do not change it before the append is answered.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>A path below a channel's root, a topic, a queue's priority; elsewhere as you like. Views give it themselves. At most 4,096 bytes.</summary>
    public string Key { get; init; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>A MIME type; empty is <c>application/octet-stream</c>.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>Whose record it is, for readers that want to leave out their own.</summary>
    public string Producer { get; init; } = "";

    /// <summary>Time to live; null never expires by itself.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Queues: it is handed out so much later.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Text in UTF-8.</summary>
    public static NewRecord OfText(string text) => new() { Body = Encoding.UTF8.GetBytes(text), ContentType = "text/plain; charset=utf-8" };

    /// <summary>A value as JSON.</summary>
    public static NewRecord OfJson<T>(T value, JsonSerializerOptions? options = null) =>
        new() { Body = JsonSerializer.SerializeToUtf8Bytes(value, options), ContentType = "application/json" };

    internal V1.NewRecord ToMessage()
    {
        var message = new V1.NewRecord { Body = UnsafeByteOperations.UnsafeWrap(Body), Key = Key, ContentType = ContentType, Producer = Producer };
        foreach (var (name, value) in Tags) message.Tags[name] = value;
        if (Ttl is { } ttl) message.Ttl = Duration.FromTimeSpan(ttl);
        if (Delay is { } delay) message.Delay = Duration.FromTimeSpan(delay);
        return message;
    }
}
