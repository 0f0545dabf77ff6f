using System.Text;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>
/// The percent-encoding of the <c>grpc-message</c> trailer: printable ASCII but the percent sign stands for itself, every other
/// byte of the text's UTF-8 form is written as <c>%XX</c> (gRPC over HTTP/2, "Responses").
/// </summary>
internal static class StatusMessage
{
    /// <summary>Longer texts are cut, so that a status always fits into the headers that a client takes.</summary>
    public const int BytesMax = 2048;

    public static string Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var encoded = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length && encoded.Length < BytesMax; i++)
        {
            if (bytes[i] is >= 0x20 and <= 0x7E and not (byte)'%') encoded.Append((char)bytes[i]);
            else encoded.Append('%').Append(bytes[i].ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
