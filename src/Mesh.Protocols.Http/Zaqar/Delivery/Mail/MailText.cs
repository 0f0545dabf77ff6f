using System.Buffers;
using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Mesh.Protocols.Http.Zaqar.Delivery.Mail;

/// <summary>Writes a mail as it goes over the wire: headers (RFC 5322), words that are not ASCII (RFC 2047), text (RFC 2045), the last line a dot.</summary>
internal static class MailText
{
    /// <summary>Bytes of text in one encoded word, so that it stays within its 75 characters.</summary>
    private const int WordBytesMax = 45;

    private const int Base64LineCharsMax = 76;

    /// <param name="text">A mail address, with or without a name before it.</param>
    /// <param name="address">Of ASCII alone, which is what every server takes.</param>
    public static bool TryParseAddress(string text, out MailAddress address) =>
        MailAddress.TryCreate(text, out address!) && Ascii.IsValid(address.Address) && !address.Address.AsSpan().ContainsAny(" <>\r\n\0");

    /// <param name="from">Sender.</param>
    /// <param name="to">Address of the receiver.</param>
    /// <param name="subject">Its control characters are written as spaces.</param>
    /// <param name="body">UTF-8.</param>
    /// <param name="now">When it is sent.</param>
    public static ReadOnlyMemory<byte> Write(MailAddress from, string to, string subject, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var header = new StringBuilder();
        var sender = from.DisplayName.Length == 0 ? from.Address : $"{EncodeWords(from.DisplayName, always: true)} <{from.Address}>";
        header.Append(CultureInfo.InvariantCulture, $"From: {sender}\r\nTo: {to}\r\nSubject: {EncodeWords(subject, always: false)}\r\n");
        header.Append(CultureInfo.InvariantCulture, $"Date: {now.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\nMessage-ID: <{Guid.NewGuid():N}@{from.Host}>\r\n");
        header.Append("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        var encoded = Convert.ToBase64String(body);
        for (var at = 0; at < encoded.Length; at += Base64LineCharsMax)
            header.Append(encoded.AsSpan(at, Math.Min(Base64LineCharsMax, encoded.Length - at))).Append("\r\n"); // no line of base64 begins with a dot
        return Encoding.ASCII.GetBytes(header.Append(".\r\n").ToString());
    }

    private static string EncodeWords(string text, bool always)
    {
        text = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        if (!always && Ascii.IsValid(text) && !text.Contains("=?", StringComparison.Ordinal) && text.Length <= Base64LineCharsMax) return text;
        var words = new List<string>();
        var word = new ArrayBufferWriter<byte>(WordBytesMax);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var letter = bytes[..rune.EncodeToUtf8(bytes)];
            if (word.WrittenCount + letter.Length > WordBytesMax) EndWord();
            word.Write(letter);
        }

        EndWord();
        return string.Join("\r\n ", words);

        void EndWord()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String(word.WrittenSpan)}?=");
            word.ResetWrittenCount();
        }
    }
}
