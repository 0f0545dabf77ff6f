using System.Buffers;
using System.Text;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>Numbers of the fields of an event, and the encoding of those that only the server writes (protobus specification, 2.2; ours from 1001 on).</summary>
internal static class EventFields
{
    public const int Topic = 1;
    public const int Tags = 2;
    public const int ClientEventTime = 3;
    public const int ClientTransmitTime = 4;
    public const int ServerReceiveTime = 5;
    public const int PayloadSize = 6;
    public const int Payload = 7;
    public const int Partition = 1001;
    public const int Sequence = 1002;

    public const int PayloadSizeBytesMax = 1 + Varint.BytesMax;

    private const long NanosPerSecond = 1_000_000_000;
    private const int LongTagBytesMax = 3;

    public static int WritePayloadSize(Span<byte> target, long bytes)
    {
        target[0] = Tag(PayloadSize, WireType.Varint);
        return 1 + Varint.Write(target[1..], (ulong)bytes);
    }

    /// <summary>Writes the whole field.</summary>
    /// <param name="target">At least <see cref="TimestampField.BytesMax"/>.</param>
    /// <param name="nanos">Since the Unix epoch; from 0.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteReceiveTime(Span<byte> target, long nanos) =>
        TimestampField.Write(target, ServerReceiveTime, nanos / NanosPerSecond, (int)(nanos % NanosPerSecond));

    /// <summary>Whether a stored event tells itself when it came in. Such a one begins with it; in one that does not, the field is nowhere.</summary>
    public static bool IsStamped(ReadOnlySpan<byte> stored) => !stored.IsEmpty && stored[0] == Tag(ServerReceiveTime, WireType.Length);

    /// <summary>Writes where the event is.</summary>
    public static void WritePosition(IBufferWriter<byte> target, string partition, Sequence sequence)
    {
        var name = Encoding.UTF8.GetBytes(partition);
        Head(target, Partition, WireType.Length, (ulong)name.Length);
        target.Write(name);
        Head(target, Sequence, WireType.Varint, (ulong)sequence.Value);
    }

    private static void Head(IBufferWriter<byte> target, int field, WireType type, ulong value)
    {
        var head = target.GetSpan(LongTagBytesMax + Varint.BytesMax);
        var at = Varint.Write(head, (ulong)((field << 3) | (int)type));
        target.Advance(at + Varint.Write(head[at..], value));
    }

    private static byte Tag(int number, WireType type) => (byte)((number << 3) | (int)type);
}
