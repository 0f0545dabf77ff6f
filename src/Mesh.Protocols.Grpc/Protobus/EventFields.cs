using Mesh.Frames;

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

    /// <summary>Tag and length, then seconds and nanoseconds, each a tag and a number.</summary>
    public const int ReceiveTimeBytesMax = 2 + 1 + Varint.BytesMax + 1 + 5;

    private const int MicrosPerSecond = 1_000_000;
    private const int NanosPerMicro = 1_000;

    public static int WritePayloadSize(Span<byte> target, long bytes)
    {
        target[0] = Tag(PayloadSize, WireType.Varint);
        return 1 + Varint.Write(target[1..], (ulong)bytes);
    }

    /// <summary>Writes the whole field; a part that is zero is left out.</summary>
    /// <returns>Bytes written, at most <see cref="ReceiveTimeBytesMax"/>.</returns>
    public static int WriteReceiveTime(Span<byte> target, RecordTime time)
    {
        var (seconds, micros) = Math.DivRem(time.Micros, MicrosPerSecond);
        var at = 2;
        if (seconds != 0)
        {
            target[at++] = Tag(1, WireType.Varint);
            at += Varint.Write(target[at..], (ulong)seconds);
        }

        if (micros != 0)
        {
            target[at++] = Tag(2, WireType.Varint);
            at += Varint.Write(target[at..], (ulong)(micros * NanosPerMicro));
        }

        target[0] = Tag(ServerReceiveTime, WireType.Length);
        target[1] = (byte)(at - 2);
        return at;
    }

    private static byte Tag(int number, WireType type) => (byte)((number << 3) | (int)type);
}
