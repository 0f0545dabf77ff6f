using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>Numbers of the fields of an event, and the encoding of the two that only the server writes (protobus specification, 2.2).</summary>
internal static class EventFields
{
    public const int Topic = 1;
    public const int Tags = 2;
    public const int ClientEventTime = 3;
    public const int ClientTransmitTime = 4;
    public const int ServerReceiveTime = 5;
    public const int PayloadSize = 6;
    public const int Payload = 7;

    public const int PayloadSizeBytesMax = 1 + Varint.BytesMax;

    public static int WritePayloadSize(Span<byte> target, long bytes)
    {
        target[0] = Tag(PayloadSize, WireType.Varint);
        return 1 + Varint.Write(target[1..], (ulong)bytes);
    }

    /// <summary>Writes the whole field.</summary>
    /// <returns>Bytes written, at most <see cref="TimestampField.BytesMax"/>.</returns>
    public static int WriteReceiveTime(Span<byte> target, RecordTime time) => TimestampField.Write(target, ServerReceiveTime, time);

    private static byte Tag(int number, WireType type) => (byte)((number << 3) | (int)type);
}
