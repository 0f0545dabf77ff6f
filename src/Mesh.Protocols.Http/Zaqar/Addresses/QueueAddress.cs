using System.Text;
using Mesh.Addresses;
using Mesh.Protocols.Http.Rse;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Protocols.Http.Zaqar.Addresses;

/// <summary>
/// Addresses of streams where a path names a queue, in two spellings: <c>mesh:ring:55</c>, percent-encoded as URLs want it, and for clients that let through only what
/// Zaqar's queues may be named <c>mesh--ring--55</c>, in which each byte that is no letter, digit, <c>-</c> or <c>.</c> is <c>_</c> and two hexadecimal digits.
/// </summary>
/// <param name="Address">What is named.</param>
/// <param name="Segment">As it stands in links: ASCII, in the spelling that the client chose.</param>
internal sealed record QueueAddress(StreamAddress Address, string Segment)
{
    /// <summary>Bytes that an address takes in a path, at the most.</summary>
    public const int SegmentBytesMax = 1024;

    private const string Prefix = "mesh:";
    private const string PlainPrefix = "mesh--";
    private const string PlainColon = "--";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly string[] Kinds = [.. Enum.GetNames<AddressKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>What a request's path names instead of a queue.</summary>
    /// <param name="context">The request.</param>
    /// <param name="queue">The path's queue, as the server reads it.</param>
    /// <returns>Null when it is the name of a queue.</returns>
    /// <exception cref="ZaqarRefusal">It is no address, though it begins like one.</exception>
    public static QueueAddress? Of(HttpContext context, string queue)
    {
        return queue.StartsWith("mesh", StringComparison.Ordinal) ? OfText(Uri.UnescapeDataString(RawSegment(context) ?? queue)) : null;
    }

    /// <summary>As <see cref="Of"/>, of a text in which nothing is percent-encoded.</summary>
    public static QueueAddress? OfText(string text)
    {
        if (text.StartsWith(Prefix, StringComparison.Ordinal)) return Parse(text[Prefix.Length..], Escaped);
        return KindOf(text) is { } kind ? OfPlain(kind, text[(PlainPrefix.Length + kind.Length + PlainColon.Length)..]) : null;
    }

    private static QueueAddress OfPlain(string kind, string name) => Parse($"{kind}:{Decode(name)}", address => $"{PlainPrefix}{kind}{PlainColon}{Encode(address[(kind.Length + 1)..])}");

    private static QueueAddress Parse(string text, Func<string, string> spell)
    {
        if (!StreamAddress.TryParse(text, out var address, out var fault)) throw Invalid(fault);
        var segment = spell(address.ToString());
        return segment.Length <= SegmentBytesMax
            ? new QueueAddress(address, segment)
            : throw Invalid($"An address takes at most {SegmentBytesMax} bytes in a path of Zaqar's; this one takes {segment.Length}. mesh.v1 takes longer ones.");
    }

    /// <summary>The kind that a name in the plain spelling begins with; null for any other name, which is a queue's.</summary>
    private static string? KindOf(string queue) => !queue.StartsWith(PlainPrefix, StringComparison.Ordinal)
        ? null
        : Array.Find(Kinds, kind => queue.AsSpan(PlainPrefix.Length).StartsWith(kind, StringComparison.Ordinal) && queue.AsSpan(PlainPrefix.Length + kind.Length).StartsWith(PlainColon, StringComparison.Ordinal));

    /// <summary>The path's queue as it was sent: the server's own reading has lost which slashes were escaped twice. Null for a request that came by no URL.</summary>
    private static string? RawSegment(HttpContext context)
    {
        const string Queues = "/queues/";
        var path = new RequestTarget(context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Path;
        var start = path.IndexOf(Queues, StringComparison.Ordinal);
        if (start < 0) return null;
        var rest = path[(start + Queues.Length)..];
        var end = rest.IndexOf('/');
        return (end < 0 ? rest : rest[..end]).ToString();
    }

    private static string Escaped(string address) => Prefix + Uri.EscapeDataString(address).Replace("%3A", ":", StringComparison.Ordinal);

    private static string Decode(string name)
    {
        if (!Ascii.IsValid(name)) throw Invalid("Behind mesh--kind-- stand letters, digits, '-', '.' and '_' only.");
        var bytes = new List<byte>(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '_')
            {
                bytes.Add((byte)name[i]);
                continue;
            }

            var digits = name.AsSpan(i + 1, Math.Min(2, name.Length - i - 1));
            if (digits.Length < 2 || !char.IsAsciiHexDigit(digits[0]) || !char.IsAsciiHexDigit(digits[1]))
                throw Invalid("Behind mesh--kind-- each '_' begins a byte in two hexadecimal digits: '_' itself is _5f, '.' _2e and '/' _2f.");
            bytes.Add(Convert.FromHexString(digits)[0]);
            i += 2;
        }

        return Strict(bytes);
    }

    private static string Strict(List<byte> bytes)
    {
        try
        {
            return Utf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw Invalid("The bytes behind mesh--kind-- are no UTF-8 text.");
        }
    }

    private static string Encode(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-') text.Append((char)value);
            else text.Append('_').Append(Convert.ToHexStringLower([value]));
        }

        return text.ToString();
    }

    private static ZaqarRefusal Invalid(string fault) => ZaqarRefusal.BadRequest("Invalid queue identification", fault);
}
