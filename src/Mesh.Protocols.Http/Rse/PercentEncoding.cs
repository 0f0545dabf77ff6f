using System.Buffers;
using System.Text;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Percent-escapes of URLs, over bytes, as RSE reads and writes them (RSE specification, section 2.3).</summary>
internal static class PercentEncoding
{
    /// <summary>Bytes that <see cref="Decode"/> may write for each character.</summary>
    public const int BytesMaxPerChar = 3;

    private static readonly SearchValues<char> Bare =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/!$&'()*+,;=:@");

    /// <summary>Decodes the escapes of a path and encodes what may not stand bare anew, in upper case. The result is ASCII.</summary>
    public static string Normalise(ReadOnlySpan<char> path)
    {
        if (!path.ContainsAnyExcept(Bare)) return path.ToString();
        var bytes = ArrayPool<byte>.Shared.Rent(path.Length * BytesMaxPerChar);
        var length = Decode(path, plusIsBlank: false, bytes);
        var text = Encode(bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
        return text;
    }

    /// <summary>Decodes <c>%XX</c>; what only looks like an escape stays as it is.</summary>
    /// <param name="text">What to decode.</param>
    /// <param name="plusIsBlank">True in queries, false in paths.</param>
    /// <param name="target">Takes <see cref="BytesMaxPerChar"/> bytes for each character of the text.</param>
    /// <returns>Bytes written. They need not be UTF-8.</returns>
    public static int Decode(ReadOnlySpan<char> text, bool plusIsBlank, Span<byte> target)
    {
        var written = 0;
        while (!text.IsEmpty)
        {
            if (text[0] == '%' && text.Length > 2 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]))
            {
                target[written++] = (byte)((HexValue(text[1]) << 4) | HexValue(text[2]));
                text = text[3..];
                continue;
            }

            var plain = 1 + text[1..].IndexOfAny('%', '+');
            if (plain == 0) plain = text.Length;
            if (text[0] == '+' && plusIsBlank) target[written++] = (byte)' ';
            else written += Encoding.UTF8.GetBytes(text[..1], target[written..]);
            written += Encoding.UTF8.GetBytes(text[1..plain], target[written..]);
            text = text[plain..];
        }

        return written;
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 16);
        foreach (var value in bytes)
        {
            if (Bare.Contains((char)value)) text.Append((char)value);
            else text.Append('%').Append(HexDigit(value >> 4)).Append(HexDigit(value & 15));
        }

        return text.ToString();
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);
}
