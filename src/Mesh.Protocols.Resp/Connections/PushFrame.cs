using System.Buffers;
using System.Buffers.Text;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>The push of a message: <c>message</c> with room and payload, <c>pmessage</c> with the pattern before them, or <c>smessage</c> of a shard channel.</summary>
internal static class PushFrame
{
    private const int NumberBytesMax = 16;

    public static void Write(IBufferWriter<byte> target, in RoomMessage message, bool isResp3)
    {
        var isPattern = !message.Pattern.IsEmpty;
        target.Write(isResp3 ? ">"u8 : "*"u8);
        var isShard = ShardRooms.Contains(message.Room);
        target.Write(isShard ? "3\r\n$8\r\nsmessage\r\n"u8 : isPattern ? "4\r\n$8\r\npmessage\r\n"u8 : "3\r\n$7\r\nmessage\r\n"u8);
        if (isPattern) Bulk(target, message.Pattern);
        Bulk(target, isShard ? ShardRooms.ChannelOf(message.Room) : message.Room);
        Bulk(target, message.Payload);
    }

    private static void Bulk(IBufferWriter<byte> target, ReadOnlySpan<byte> bytes)
    {
        var span = target.GetSpan(bytes.Length + NumberBytesMax);
        span[0] = (byte)'$';
        Utf8Formatter.TryFormat(bytes.Length, span[1..], out var digits);
        var at = 1 + digits;
        "\r\n"u8.CopyTo(span[at..]);
        bytes.CopyTo(span[(at + 2)..]);
        "\r\n"u8.CopyTo(span[(at + 2 + bytes.Length)..]);
        target.Advance(at + bytes.Length + 4);
    }
}
