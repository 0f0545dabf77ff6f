using Mesh.Frames;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>A field that holds a <c>google.protobuf.Timestamp</c>.</summary>
internal static class TimestampField
{
    /// <summary>Tag and length, then seconds and nanoseconds, each a tag and a number.</summary>
    public const int BytesMax = 2 + 1 + Varint.BytesMax + 1 + 5;

    private const int MicrosPerSecond = 1_000_000;
    private const int NanosPerMicro = 1_000;

    /// <summary>Writes the whole field; a part that is zero is left out.</summary>
    /// <param name="target">At least <see cref="BytesMax"/>.</param>
    /// <param name="field">Its number, up to 15.</param>
    /// <param name="time">Its value.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> target, int field, RecordTime time)
    {
        var (seconds, micros) = Math.DivRem(time.Micros, MicrosPerSecond);
        var at = 2;
        if (seconds != 0)
        {
            target[at++] = 1 << 3;
            at += Varint.Write(target[at..], (ulong)seconds);
        }

        if (micros != 0)
        {
            target[at++] = 2 << 3;
            at += Varint.Write(target[at..], (ulong)(micros * NanosPerMicro));
        }

        target[0] = (byte)((field << 3) | (int)WireType.Length);
        target[1] = (byte)(at - 2);
        return at;
    }
}
