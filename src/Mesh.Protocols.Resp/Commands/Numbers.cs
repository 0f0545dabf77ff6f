using System.Buffers.Text;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Numbers in arguments, with Redis's errors.</summary>
internal static class Numbers
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) => Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    public static long Parse(ReadOnlySpan<byte> text) =>
        TryParse(text, out var value) ? value : throw new RespErrorException("ERR value is not an integer or out of range");
}
