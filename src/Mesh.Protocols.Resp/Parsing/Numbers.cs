using System.Buffers.Text;

namespace Mesh.Protocols.Resp.Parsing;

/// <summary>Whole numbers as Redis takes them: digits, perhaps after a minus; no plus, no leading zero.</summary>
internal static class Numbers
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && IsShortestForm(text);

    /// <exception cref="RespErrorException">It is no such number.</exception>
    public static long Parse(ReadOnlySpan<byte> text) =>
        TryParse(text, out var value) ? value : throw new RespErrorException("ERR value is not an integer or out of range");

    private static bool IsShortestForm(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'+' => false,
        (byte)'0' => text.Length == 1,
        (byte)'-' => text[1] != '0',
        _ => true,
    };
}
