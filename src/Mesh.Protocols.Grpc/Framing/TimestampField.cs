using Mesh.Frames;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>A field that holds a <c>google.protobuf.Timestamp</c>.</summary>
internal static class TimestampField
{
    /// <summary>Tag and length, then seconds and nanoseconds, each a tag and a number.</summary>
    public const int BytesMax = 2 + 1 + Varint.BytesMax + 1 + 5;

    private const int MicrosPerSecond = 1_000_000;
    private const int NanosPerMicro = 1_000;

    /// <summary>The end of the year 9999.</summary>
    private const long SecondsMax = 253_402_300_799;

    /// <summary>Writes the whole field; a part that is zero is left out.</summary>
    /// <param name="target">At least <see cref="BytesMax"/>.</param>
    /// <param name="field">Its number, up to 15.</param>
    /// <param name="time">Its value.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> target, int field, RecordTime time)
    {
        var (seconds, micros) = Math.DivRem(time.Micros, MicrosPerSecond);
        return Write(target, field, seconds, (int)micros * NanosPerMicro);
    }

    /// <summary>As the other, of a finer time.</summary>
    public static int Write(Span<byte> target, int field, long seconds, int nanos)
    {
        var at = 2;
        if (seconds != 0)
        {
            target[at++] = 1 << 3;
            at += Varint.Write(target[at..], (ulong)seconds);
        }

        if (nanos != 0)
        {
            target[at++] = 2 << 3;
            at += Varint.Write(target[at..], (ulong)nanos);
        }

        target[0] = (byte)((field << 3) | (int)WireType.Length);
        target[1] = (byte)(at - 2);
        return at;
    }

    /// <summary>The value of such a field, in whole microseconds: parts of one are left out.</summary>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: it is no time since 1970 that a record could have.</exception>
    public static RecordTime Read(ReadOnlySpan<byte> value)
    {
        long seconds = 0;
        long nanos = 0;
        var fields = new ProtobufReader(value);
        while (fields.MoveNext())
        {
            if (fields.Is(1, WireType.Varint)) seconds = unchecked((long)fields.Varint);
            else if (fields.Is(2, WireType.Varint)) nanos = unchecked((long)fields.Varint);
        }

        if (seconds is < 0 or > SecondsMax || nanos is < 0 or >= NanosPerMicro * MicrosPerSecond)
            throw new GrpcException(StatusCode.InvalidArgument, $"A time is 0 to {SecondsMax} seconds since 1970 and 0 to 999999999 nanoseconds; this one is {seconds} and {nanos}.");
        return new RecordTime((seconds * MicrosPerSecond) + (nanos / NanosPerMicro));
    }
}
