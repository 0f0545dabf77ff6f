using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>One client that is told who comes to a room and who leaves it: it has subscribed to <c>room?presence</c>. It is no member of the room by that.</summary>
internal sealed class PresenceSeat(RespSession session, byte[] name)
{
    private static ReadOnlySpan<byte> Mark => "?presence"u8;

    /// <returns>The room; null when the name is a room's own.</returns>
    public static byte[]? RoomOf(ReadOnlySpan<byte> name) => name.Length > Mark.Length && name.EndsWith(Mark) ? name[..^Mark.Length].ToArray() : null;

    public void Push(ReadOnlySpan<byte> message) => session.OnMessage(new RoomMessage(name, default, message, new RoomMessageCache()));
}
