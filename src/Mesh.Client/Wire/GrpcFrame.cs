using System.Buffers.Binary;
using Google.Protobuf;
using Mesh.Frames;

namespace Mesh.Client.Wire;

/// <summary>A message behind its flag and length (gRPC over HTTP/2, "Length-Prefixed-Message").</summary>
internal static class GrpcFrame
{
    public const int HeaderBytes = 5;

    public static byte[] Of(IMessage message)
    {
        var length = message.CalculateSize();
        var frame = new byte[HeaderBytes + length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length);
        message.WriteTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>A message that has nothing but one field, which is another message.</summary>
    /// <param name="field">Its number, up to 15.</param>
    /// <param name="part">What it holds.</param>
    public static byte[] OfPart(int field, IMessage part)
    {
        var bytes = part.CalculateSize();
        var length = 1 + Varint.Length((ulong)bytes) + bytes;
        var frame = new byte[HeaderBytes + length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length);
        frame[HeaderBytes] = (byte)WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited);
        Varint.Write(frame.AsSpan(HeaderBytes + 1), (ulong)bytes);
        part.WriteTo(frame.AsSpan(frame.Length - bytes));
        return frame;
    }

    /// <summary>Bytes of the message behind a header; -1 when there are too few bytes to tell.</summary>
    /// <exception cref="MeshException">It is compressed, which was not asked for.</exception>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes) return -1;
        if (bytes[0] != 0) throw new MeshException(MeshStatus.Internal, $"The server sent a message with the flag {bytes[0]}; only 0 was asked for.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        return length <= int.MaxValue - HeaderBytes ? (int)length : throw new MeshException(MeshStatus.Internal, $"The server announced a message of {length} bytes.");
    }
}
