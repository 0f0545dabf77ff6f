using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Protocols.Http.Rooms;

/// <summary>The name of a room in a request's target: bytes, those that a target cannot hold as <c>%XX</c>. A slash belongs to the name.</summary>
internal static class RoomName
{
    private const string Prefix = "/rooms/";

    /// <returns>Empty when the target names none.</returns>
    public static byte[] Of(HttpContext context) => Decode(TextOf(context));

    /// <summary>The name before something of a room, such as <c>/history</c>. In the name of a room that ends so, the slash is to be written <c>%2F</c>.</summary>
    /// <returns>Null when the target does not end so, or names no room.</returns>
    public static byte[]? Before(HttpContext context, string ending)
    {
        var text = TextOf(context);
        return text.Length > ending.Length && text.EndsWith(ending, StringComparison.Ordinal) ? Decode(text[..^ending.Length]) : null;
    }

    private static ReadOnlySpan<char> TextOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.AsSpan();
        var end = target.IndexOf('?');
        if (end >= 0) target = target[..end];
        var at = target.IndexOf(Prefix, StringComparison.Ordinal);
        return at < 0 ? [] : target[(at + Prefix.Length)..];
    }

    private static byte[] Decode(ReadOnlySpan<char> text)
    {
        var name = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                name[length++] = escaped;
                i += 2;
            }
            else
            {
                name[length++] = (byte)text[i];
            }
        }

        return name[..length];
    }
}
