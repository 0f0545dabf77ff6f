using System.Text;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Keys of rings, and names of their groups and consumers: all are text.</summary>
internal static class RingKey
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Decode(ReadOnlySpan<byte> key) => Decode(key, "ERR a stream's key must be UTF-8 text");

    public static string DecodeName(ReadOnlySpan<byte> name) => Decode(name, "ERR names of groups and consumers must be UTF-8 text");

    /// <returns>Null for a key that is none.</returns>
    public static string? TryDecode(ReadOnlySpan<byte> key)
    {
        try
        {
            return Strict.GetString(key);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Decode(ReadOnlySpan<byte> text, string otherwise) => TryDecode(text) ?? throw new RespErrorException(otherwise);
}
