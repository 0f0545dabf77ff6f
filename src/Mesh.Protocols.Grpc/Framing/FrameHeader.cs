using System.Buffers;
using System.Buffers.Binary;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>What stands before every message: a flag byte and a big-endian length (gRPC over HTTP/2, "Length-Prefixed-Message").</summary>
/// <param name="Compressed">The message is in the call's <c>grpc-encoding</c>.</param>
/// <param name="Length">Bytes of the message that follows.</param>
internal readonly record struct FrameHeader(bool Compressed, int Length)
{
    public const int Bytes = 5;

    /// <summary>Reads the header at the reader's place and takes nothing.</summary>
    /// <param name="reader">Where it stands.</param>
    /// <param name="bytesMax">Largest message accepted, in bytes.</param>
    /// <param name="header">The header.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="GrpcException">The flag is neither 0 nor 1, or the message is too large.</exception>
    public static bool TryPeek(ref SequenceReader<byte> reader, int bytesMax, out FrameHeader header)
    {
        header = default;
        var bytes = reader.UnreadSpan;
        if (bytes.Length < Bytes)
        {
            Span<byte> copy = stackalloc byte[Bytes];
            if (!reader.TryCopyTo(copy)) return false;
            return TryParse(copy, bytesMax, out header);
        }

        return TryParse(bytes, bytesMax, out header);
    }

    public static void Write(Span<byte> target, int length, bool compressed = false)
    {
        target[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(target[1..], length);
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, int bytesMax, out FrameHeader header)
    {
        if (bytes[0] > 1) throw new GrpcException(StatusCode.Internal, $"The flag before a message must be 0 or 1; it is {bytes[0]}.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        if (length > (uint)bytesMax)
            throw new GrpcException(StatusCode.ResourceExhausted, $"A message may have at most {bytesMax} bytes; this one has {length}.");
        header = new FrameHeader(bytes[0] == 1, (int)length);
        return true;
    }
}
