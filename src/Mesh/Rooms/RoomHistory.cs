using System.Text;
using Mesh.Frames;

namespace Mesh;

/// <summary>
/// The history of a room: the stream of kind <see cref="StreamKind.Room"/> with the room's name. While the stream exists each message of the room is one record
/// of it, durable before the publisher is answered, and then handed to whoever listens. Only rooms whose name is text can have one.
/// </summary>
public static class RoomHistory
{
    /// <summary>Of the name as UTF-8.</summary>
    public const int NameBytesMax = 1024;

    /// <summary>What a segment has beside name and message, at most.</summary>
    private const int SegmentBytesExtra = 256;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>False when the room's name is no UTF-8 text, is empty, has NUL in it, or is too long: then it keeps no history.</returns>
    public static bool TryName(ReadOnlySpan<byte> room, out StreamName name)
    {
        name = default;
        if (room.IsEmpty || room.Length > NameBytesMax || room.Contains((byte)0)) return false;
        try
        {
            name = StreamName.Room(Strict.GetString(room));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The room of a history.</summary>
    public static byte[] RoomOf(in StreamName name) => Encoding.UTF8.GetBytes(name.Name);

    /// <summary>A message as it is appended: its room is the key. The caller disposes of it.</summary>
    /// <exception cref="PublishRefusedException">It is too large for any history.</exception>
    public static SegmentWriter Encode(ReadOnlySpan<byte> room, ReadOnlySpan<byte> message)
    {
        if (message.Length > FrameFormat.SegmentBytesMax - NameBytesMax - SegmentBytesExtra)
            throw new PublishRefusedException(new AppendResult.TooLarge(FrameFormat.SegmentBytesMax));
        var segment = new SegmentWriter(room.Length + message.Length + SegmentBytesExtra);
        Add(segment, room, message);
        return segment;
    }

    /// <summary>Adds a message to those that are appended together.</summary>
    public static void Add(SegmentWriter segment, ReadOnlySpan<byte> room, ReadOnlySpan<byte> message) => segment.Add(new RecordFields { Key = room }, message);
}

/// <summary>A room that keeps a history did not take a message: nothing was stored, and nobody got it.</summary>
/// <param name="outcome">Why.</param>
public sealed class PublishRefusedException(AppendResult outcome) : Exception($"The room did not take the message: {outcome}.")
{
    public AppendResult Outcome { get; } = outcome;
}
