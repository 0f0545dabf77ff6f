using System.Text;
using System.Text.Json;

namespace Mesh.Client;

/// <summary>A record as a stream holds it.</summary>
public sealed class MeshRecord
{
    private readonly V1.Record _record;

    internal MeshRecord(V1.Record record) => _record = record;

    /// <summary>Place in the stream, from 1.</summary>
    public Sequence Sequence => new(_record.Sequence);

    /// <summary>When the log took it: whole microseconds, strictly increasing within a stream.</summary>
    public DateTimeOffset Time => _record.Time.ToDateTimeOffset();

    public string Key => _record.Key;

    public IReadOnlyDictionary<string, string> Tags => (IReadOnlyDictionary<string, string>)(IDictionary<string, string>)_record.Tags;

    /// <summary>A MIME type; empty is <c>application/octet-stream</c>.</summary>
    public string ContentType => _record.ContentType;

    public string Producer => _record.Producer;

    /// <summary>Null when it never expires by itself.</summary>
    public DateTimeOffset? ExpiresAt => _record.ExpiresAt?.ToDateTimeOffset();

    /// <summary>Rings: its Redis id; empty elsewhere.</summary>
    public string Id => _record.Id;

    /// <summary>Claims: how often it was handed out; 0 elsewhere.</summary>
    public int DeliveryCount => _record.DeliveryCount;

    /// <summary>Requests: the address for the reply (<see cref="MeshClient.ReplyAsync"/>); null when it is none.</summary>
    public string? ReplyTo => _record.Tags.TryGetValue("mesh-reply-to", out var address) ? address : null;

    public ReadOnlyMemory<byte> Body => _record.Body.Memory;

    /// <summary>The body as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The body as JSON.</summary>
    /// <exception cref="JsonException">It is none, or not of this type.</exception>
    public T? Json<T>(JsonSerializerOptions? options = null) => JsonSerializer.Deserialize<T>(Body.Span, options);
}
