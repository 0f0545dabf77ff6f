using System.Buffers;
using System.Text.Json;
using Mesh.Frames;
using Mesh.Protocols.Http.Zaqar.Sealing;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>Encodes what subscribers are told of the messages of one post (Zaqar specification, section 1.11). Not thread-safe.</summary>
internal sealed class NotificationWriter(string queue, ProjectSeal? sealing) : IDisposable
{
    private readonly SegmentWriter _segment = new();
    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    /// <summary>One record for each message. They never expire: how often they are tried bounds their life.</summary>
    public ReadOnlyMemory<byte> Finish() => _segment.Finish();

    public void Reset() => _segment.Reset();

    /// <param name="ttlSeconds">The message's.</param>
    /// <param name="delaySeconds">The message's; 0 is not told.</param>
    /// <param name="body">The message's, as JSON.</param>
    public void Add(long ttlSeconds, long delaySeconds, ReadOnlySpan<byte> body)
    {
        _bytes.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("ttl"u8, ttlSeconds);
            if (delaySeconds > 0) json.WriteNumber("delay"u8, delaySeconds);
            json.WritePropertyName("body"u8);
            json.WriteRawValue(body, skipInputValidation: true);
            json.WriteString("Message_Type"u8, "Notification"u8);
            json.WriteString("queue_name"u8, queue);
            json.WriteEndObject();
        }

        var fields = new RecordFields { ContentType = ContentType.Json };
        if (sealing is null) _segment.Add(fields, _bytes.WrittenSpan);
        else sealing.Add(_segment, fields, _bytes.WrittenSpan);
    }

    public void Dispose() => _segment.Dispose();
}
