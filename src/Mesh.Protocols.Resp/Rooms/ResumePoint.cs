using System.Buffers.Text;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Rooms;

/// <summary>
/// Where in a room's history a client goes on, as a name says it: <c>lobby?since=42</c> is the room lobby after its message 42, <c>lobby?since=0</c> all that it has,
/// <c>lobby?since=$</c> what comes from now on. A room whose own name ends so is reached by a pattern such as <c>lobby[?]since=42</c>.
/// </summary>
/// <param name="Room">The room.</param>
/// <param name="After">The last message that the client has; null for what comes from now on.</param>
internal readonly record struct ResumePoint(byte[] Room, Sequence? After)
{
    private const int NumberBytesMax = 20;

    private static ReadOnlySpan<byte> Mark => "?since="u8;

    /// <returns>False when the name is a room's own.</returns>
    public static bool TryParse(ReadOnlySpan<byte> name, out ResumePoint point)
    {
        point = default;
        var mark = name.LastIndexOf(Mark);
        if (mark <= 0) return false;
        var text = name[(mark + Mark.Length)..];
        if (text.SequenceEqual("$"u8))
        {
            point = new ResumePoint(name[..mark].ToArray(), null);
            return true;
        }

        if (text.IsEmpty || !Numbers.TryParse(text, out var after) || after < 0) return false;
        point = new ResumePoint(name[..mark].ToArray(), new Sequence(after));
        return true;
    }

    /// <summary>The name by which to go on behind a message of the room.</summary>
    public byte[] NameBehind(Sequence message)
    {
        Span<byte> number = stackalloc byte[NumberBytesMax];
        Utf8Formatter.TryFormat(message.Value, number, out var length);
        return [.. Room, .. Mark, .. number[..length]];
    }

    /// <summary>The first message wanted.</summary>
    /// <param name="history">How the history stands. One that has not reached what the client has was made anew, and is read from its start.</param>
    public Sequence FirstIn(StreamState history) => After is not { } after ? history.HighWatermark.Next() : after > history.HighWatermark ? Sequence.First : after.Next();
}
