using System.Text;
using Mesh.Protocols.Http.Rse;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>
/// Any text as the value of a header (CloudEvents HTTP binding 1.0.2, section 3.1.3.2): what is not visible ASCII, and blanks, quotes and percent signs, stand as
/// <c>%XX</c> of their UTF-8. Mesh's own headers are written and read so too.
/// </summary>
internal static class HeaderText
{
    public static string Encode(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(utf8.Length);
        foreach (var value in utf8)
        {
            if (value is > 0x20 and < 0x7F and not (byte)'"' and not (byte)'%') text.Append((char)value);
            else text.Append('%').Append(Convert.ToHexString([value]));
        }

        return text.ToString();
    }

    /// <summary>The UTF-8 that a value stands for; what only looks like an escape stays as it is.</summary>
    public static byte[] Decode(string value)
    {
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"') value = Unquoted(value.AsSpan(1, value.Length - 2));
        var bytes = new byte[value.Length * PercentEncoding.BytesMaxPerChar];
        return bytes[..PercentEncoding.Decode(value, plusIsBlank: false, bytes)];
    }

    private static string Unquoted(ReadOnlySpan<char> inner)
    {
        var text = new StringBuilder(inner.Length);
        for (var at = 0; at < inner.Length; at++)
        {
            if (inner[at] == '\\' && at + 1 < inner.Length) at++;
            text.Append(inner[at]);
        }

        return text.ToString();
    }
}
