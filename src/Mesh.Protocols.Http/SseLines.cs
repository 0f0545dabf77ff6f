using System.Buffers;

namespace Mesh.Protocols.Http;

/// <summary>Text as data of a Server-Sent Event (WHATWG HTML, section 9.2).</summary>
internal static class SseLines
{
    /// <summary>Writes the fields <c>data</c>. A line end, which JSON has between tokens only, would end the field: what follows it is a field of the same name.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.Write("data: "u8);
        for (var end = text.IndexOfAny((byte)'\r', (byte)'\n'); end >= 0; end = text.IndexOfAny((byte)'\r', (byte)'\n'))
        {
            output.Write(text[..end]);
            output.Write("\ndata: "u8);
            text = text[(end + (text[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }

        output.Write(text);
        output.Write("\n"u8);
    }
}
