using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// An event as a publisher sent it, checked as far as any client's parser would check it, so that no subscriber is handed what it cannot
/// read; the payload's value stays unread (protobus specification, 2.2 and 2.3).
/// </summary>
internal readonly ref struct IncomingEvent
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly bool _hasServerFields;
    private readonly long _payloadSize;
    private readonly ReadOnlySpan<byte> _receiveTime;

    private IncomingEvent(ReadOnlySpan<byte> message, ReadOnlySpan<byte> topic, long payloadSize, bool hasServerFields, ReadOnlySpan<byte> receiveTime)
    {
        _receiveTime = receiveTime;
        _message = message;
        Topic = topic;
        _payloadSize = payloadSize;
        _hasServerFields = hasServerFields;
    }

    /// <summary>UTF-8, perhaps empty.</summary>
    public ReadOnlySpan<byte> Topic { get; }

    /// <exception cref="GrpcException">INVALID_ARGUMENT: the bytes are no event, or the topic is longer than <paramref name="topicBytesMax"/>.</exception>
    public static IncomingEvent Parse(ReadOnlySpan<byte> message, int topicBytesMax)
    {
        try
        {
            var parsed = Walk(message);
            if (parsed.Topic.Length > topicBytesMax)
                throw new GrpcException(StatusCode.InvalidArgument, $"A topic may have at most {topicBytesMax} bytes; this one has {parsed.Topic.Length}.");
            return parsed;
        }
        catch (CorruptFrameException wrong)
        {
            throw ProtobufReader.Invalid(wrong.Message.TrimEnd('.'));
        }
    }

    /// <summary>
    /// Adds the event to a segment: key the topic, body the event byte for byte, without what only the server may say, but with when it came in before it and the
    /// payload's size behind it.
    /// </summary>
    /// <param name="segment">Where to.</param>
    /// <param name="receivedNanos">When it came in, since the Unix epoch.</param>
    public void AddTo(SegmentWriter segment, long receivedNanos)
    {
        Span<byte> stamp = stackalloc byte[TimestampField.BytesMax];
        AddTo(segment, stamp[..EventFields.WriteReceiveTime(stamp, receivedNanos)], default);
    }

    /// <summary>As the other, of an event that a server has stamped before: it keeps the time that it has.</summary>
    /// <param name="segment">Where to.</param>
    /// <param name="producer">The record's producer.</param>
    public void AddImportedTo(SegmentWriter segment, ReadOnlySpan<byte> producer) => AddTo(segment, _receiveTime, producer);

    private void AddTo(SegmentWriter segment, ReadOnlySpan<byte> stamp, ReadOnlySpan<byte> producer)
    {
        var fields = new RecordFields { Key = Topic, Producer = producer, ContentType = ContentType.ProtobusEvent };
        segment.Begin(fields, _message.Length + TimestampField.BytesMax + EventFields.PayloadSizeBytesMax);
        segment.Write(stamp);
        if (_hasServerFields) WriteClientFields(segment);
        else segment.Write(_message);
        if (_payloadSize > 0)
        {
            Span<byte> size = stackalloc byte[EventFields.PayloadSizeBytesMax];
            segment.Write(size[..EventFields.WritePayloadSize(size, _payloadSize)]);
        }

        segment.End();
    }

    private static IncomingEvent Walk(ReadOnlySpan<byte> message)
    {
        var fields = new ProtobufReader(message);
        var topic = ReadOnlySpan<byte>.Empty;
        var payload = new PayloadSize();
        var hasServerFields = false;
        var receiveTime = ReadOnlySpan<byte>.Empty;
        while (fields.MoveNext())
        {
            if (IsServerField(fields)) hasServerFields = true;
            if (fields.Type != WireType.Length) continue;
            switch (fields.Number)
            {
                case EventFields.Topic:
                    topic = ProtobufReader.Text(fields.Bytes, "the topic");
                    break;
                case EventFields.Tags:
                    CheckTag(fields.Bytes);
                    break;
                case EventFields.ServerReceiveTime:
                    CheckFields(fields.Bytes);
                    receiveTime = message[fields.Start..fields.End];
                    break;
                case EventFields.ClientEventTime or EventFields.ClientTransmitTime:
                    CheckFields(fields.Bytes);
                    break;
                case EventFields.Payload:
                    payload.Add(fields.Bytes);
                    break;
            }
        }

        return new IncomingEvent(message, topic, payload.Total, hasServerFields, receiveTime);
    }

    private static bool IsServerField(in ProtobufReader field) =>
        field.Is(EventFields.ServerReceiveTime, WireType.Length) || field.Is(EventFields.PayloadSize, WireType.Varint);

    private static void CheckTag(ReadOnlySpan<byte> entry)
    {
        var fields = new ProtobufReader(entry);
        while (fields.MoveNext())
        {
            if (fields.Number <= 2 && fields.Type == WireType.Length) ProtobufReader.Text(fields.Bytes, "the name or value of a tag");
        }
    }

    private static void CheckFields(ReadOnlySpan<byte> message)
    {
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
        }
    }

    private void WriteClientFields(SegmentWriter segment)
    {
        var fields = new ProtobufReader(_message);
        var written = 0;
        while (fields.MoveNext())
        {
            if (!IsServerField(fields)) continue;
            segment.Write(_message[written..fields.Start]);
            written = fields.End;
        }

        segment.Write(_message[written..]);
    }
}
