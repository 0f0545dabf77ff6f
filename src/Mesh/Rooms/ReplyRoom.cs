namespace Mesh;

/// <summary>
/// Where the answer to one request goes: a room that only the asker knows, named in the request's tags. Whoever answers publishes there, through any door; the first
/// message is the answer. Nothing of it is stored, and an answer that comes when nobody listens any more is lost.
/// </summary>
public static class ReplyRoom
{
    private const string Prefix = "mesh.reply.";

    /// <summary>The tag that holds the address of the room: <c>room:NAME</c>.</summary>
    public static ReadOnlySpan<byte> ReplyToTag => "mesh-reply-to"u8;

    /// <summary>A name that nobody guesses.</summary>
    public static string NewName() => Prefix + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)).ToLowerInvariant();
}
