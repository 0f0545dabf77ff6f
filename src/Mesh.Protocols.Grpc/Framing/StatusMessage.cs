using System.Globalization;
using System.Text;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>
/// The percent-encoding of the <c>grpc-message</c> trailer: printable ASCII but the percent sign stands for itself, every other
/// byte of the text's UTF-8 form is written as <c>%XX</c> (gRPC over HTTP/2, "Responses").
/// </summary>
internal static class StatusMessage
{
    /// <summary>Longer texts are cut, between characters, so that a status always fits into the headers that a client takes.</summary>
    public const int BytesMax = 2048;

    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var character in text.EnumerateRunes())
        {
            if (encoded.Length >= BytesMax) break;
            if (character.Value is >= 0x20 and <= 0x7E and not '%') encoded.Append((char)character.Value);
            else foreach (var part in bytes[..character.EncodeToUtf8(bytes)]) encoded.Append(CultureInfo.InvariantCulture, $"%{part:X2}");
        }

        return encoded.ToString();
    }
}
