using System.Buffers.Binary;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Zaqar.Sealing;

/// <summary>
/// Where the parts of a sealed body are: version (u8, 1), content type of what is sealed (u8), id of the key (u64), nonce (12 bytes), tag (16 bytes), cipher text (the rest).
/// Integers are little-endian. The form is stored: a new one takes a new version.
/// </summary>
internal static class SealedBody
{
    public const int NonceBytes = 12;
    public const int TagBytes = 16;
    public const int HeadBytes = KeyAt + sizeof(ulong) + NonceBytes + TagBytes;
    public const byte Version = 1;
    private const int KeyAt = 2;
    private const int NonceAt = KeyAt + sizeof(ulong);

    /// <summary>The part that is authenticated with the cipher text: all that names how to read it.</summary>
    public static ReadOnlySpan<byte> Named(ReadOnlySpan<byte> body) => body[..NonceAt];

    public static ulong KeyId(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadUInt64LittleEndian(body[KeyAt..]);

    public static ContentType Inside(ReadOnlySpan<byte> body) => (ContentType)body[1];

    public static Span<byte> Nonce(Span<byte> body) => body.Slice(NonceAt, NonceBytes);

    public static ReadOnlySpan<byte> Nonce(ReadOnlySpan<byte> body) => body.Slice(NonceAt, NonceBytes);

    public static Span<byte> Tag(Span<byte> body) => body.Slice(NonceAt + NonceBytes, TagBytes);

    public static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> body) => body.Slice(NonceAt + NonceBytes, TagBytes);

    public static Span<byte> Cipher(Span<byte> body) => body[HeadBytes..];

    public static ReadOnlySpan<byte> Cipher(ReadOnlySpan<byte> body) => body[HeadBytes..];

    public static void WriteName(Span<byte> body, ContentType inside, ulong keyId)
    {
        body[0] = Version;
        body[1] = (byte)inside;
        BinaryPrimitives.WriteUInt64LittleEndian(body[KeyAt..], keyId);
    }
}
