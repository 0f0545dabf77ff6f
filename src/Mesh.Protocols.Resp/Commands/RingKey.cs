using System.Text;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Keys of rings: names of streams are text.</summary>
internal static class RingKey
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Decode(ReadOnlySpan<byte> key)
    {
        try
        {
            return Strict.GetString(key);
        }
        catch (DecoderFallbackException)
        {
            throw new RespErrorException("ERR a stream's key must be UTF-8 text");
        }
    }
}
