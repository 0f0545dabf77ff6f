using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Writes an <c>AppendStreamResponse</c>.</summary>
internal static class AppendAck
{
    private const int FirstNumberField = 1;
    private const int CountField = 2;
    private const int FirstSequenceField = 3;
    private const int FirstTimeField = 4;
    private const int DuplicateField = 5;

    /// <summary>Writes one message; <see cref="GrpcCall.FlushAsync"/> sends it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="number">The first record's number.</param>
    /// <param name="first">Its sequence; 0 when that is not known.</param>
    /// <param name="count">How many records.</param>
    /// <param name="time">Its time; null when it is not known.</param>
    /// <param name="isRepeat">They were stored before.</param>
    public static void Write(GrpcCall call, long number, Sequence first, int count, RecordTime? time, bool isRepeat)
    {
        Span<byte> message = stackalloc byte[(5 * (1 + Varint.BytesMax)) + TimestampField.BytesMax];
        var length = Number(message, FirstNumberField, number);
        length += Number(message[length..], CountField, count);
        length += Number(message[length..], FirstSequenceField, first.Value);
        if (time is { } known) length += TimestampField.Write(message[length..], FirstTimeField, known);
        if (isRepeat) length += Number(message[length..], DuplicateField, 1);
        call.Write(message[..length]);
    }

    private static int Number(Span<byte> target, int field, long value)
    {
        target[0] = (byte)((field << 3) | (int)WireType.Varint);
        return 1 + Varint.Write(target[1..], (ulong)value);
    }
}
