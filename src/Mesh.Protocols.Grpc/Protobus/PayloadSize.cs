using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// The encoded size of an event's payload as the client's own library would measure it: type URL, value and unknown fields with their
/// tags and lengths. A payload field that occurs several times is one payload: the later type URL and value count.
/// </summary>
internal ref struct PayloadSize
{
    private const int TypeUrl = 1;
    private const int Value = 2;

    private int _typeUrlBytes;
    private int _valueBytes;
    private long _unknownBytes;

    /// <summary>Bytes; 0 without a payload or with an empty one.</summary>
    public readonly long Total => FieldBytes(_typeUrlBytes) + FieldBytes(_valueBytes) + _unknownBytes;

    public void Add(ReadOnlySpan<byte> payload)
    {
        var fields = new ProtobufReader(payload);
        while (fields.MoveNext())
        {
            if (fields.Is(TypeUrl, WireType.Length)) _typeUrlBytes = ProtobufReader.Text(fields.Bytes, "the payload's type URL").Length;
            else if (fields.Is(Value, WireType.Length)) _valueBytes = fields.Bytes.Length;
            else _unknownBytes += fields.End - fields.Start;
        }
    }

    private static long FieldBytes(int bytes) => bytes == 0 ? 0 : 1 + Varint.Length((ulong)bytes) + bytes;
}
