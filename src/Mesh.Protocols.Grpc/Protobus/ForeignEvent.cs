using System.Buffers;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// A record of a topic that another door appended, as an event: its key the topic, its tags, and its body as the payload, a <c>google.protobuf.BytesValue</c>. What its
/// body is, is told by the tag <see cref="ContentTypeTag"/>, when the record says so.
/// </summary>
internal static class ForeignEvent
{
    /// <summary>Name of the tag that tells the media type of the body.</summary>
    public static ReadOnlySpan<byte> ContentTypeTag => "content-type"u8;

    private static ReadOnlySpan<byte> BytesValue => "type.googleapis.com/google.protobuf.BytesValue"u8;

    public static void Write(IBufferWriter<byte> target, in RecordView record)
    {
        Bytes(target, EventFields.Topic, record.Key);
        for (var tags = new TagsReader(record.Tags); tags.MoveNext();) Tag(target, tags.Name, tags.Value);
        var type = ContentTypeNames.Of(record);
        if (!type.IsEmpty) Tag(target, ContentTypeTag, type);
        var value = FieldBytes(record.Body.Length);
        var payload = FieldBytes(BytesValue.Length) + FieldBytes(value);
        Head(target, EventFields.Payload, payload);
        Bytes(target, 1, BytesValue);
        if (value > 0) Head(target, 2, value);
        Bytes(target, 1, record.Body);
        target.Advance(EventFields.WritePayloadSize(target.GetSpan(EventFields.PayloadSizeBytesMax), payload));
    }

    private static void Tag(IBufferWriter<byte> target, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Head(target, EventFields.Tags, FieldBytes(name.Length) + FieldBytes(value.Length));
        Bytes(target, 1, name);
        Bytes(target, 2, value);
    }

    private static int FieldBytes(int length) => length == 0 ? 0 : 1 + Varint.Length((ulong)length) + length;

    private static void Bytes(IBufferWriter<byte> target, int field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Head(target, field, bytes.Length);
        target.Write(bytes);
    }

    private static void Head(IBufferWriter<byte> target, int field, int length)
    {
        var head = target.GetSpan(1 + Varint.BytesMax);
        head[0] = (byte)((field << 3) | (int)WireType.Length);
        target.Advance(1 + Varint.Write(head[1..], (ulong)length));
    }
}
