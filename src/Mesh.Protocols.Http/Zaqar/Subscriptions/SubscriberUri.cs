using System.Diagnostics.CodeAnalysis;

namespace Mesh.Protocols.Http.Zaqar.Subscriptions;

/// <summary>Who may subscribe: a webhook, a mail address, or the socket over which it was asked for (Zaqar specification, section 1.11).</summary>
internal static class SubscriberUri
{
    /// <summary>Longest URI, in characters.</summary>
    public const int CharsMax = 2048;

    private const string SocketScheme = "websocket:";

    /// <summary>Names an open socket of this server; not for clients to name.</summary>
    public static string OfSocket(Guid socket) => $"{SocketScheme}{socket:N}";

    /// <returns>False when the subscriber is no socket.</returns>
    public static bool IsSocket(string subscriber, out Guid socket)
    {
        socket = default;
        return subscriber.StartsWith(SocketScheme, StringComparison.Ordinal) && Guid.TryParseExact(subscriber[SocketScheme.Length..], "N", out socket);
    }

    /// <returns>False when it is no mail address.</returns>
    public static bool IsMail(string subscriber, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(subscriber, UriKind.Absolute, out address) && address.Scheme == Uri.UriSchemeMailto;

    /// <summary>A subscriber as it may stand in a log: a webhook's user, path and query are often its secret.</summary>
    public static string Shown(string subscriber) =>
        Uri.TryCreate(subscriber, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + (uri.PathAndQuery == "/" ? "" : "/…")
            : subscriber;

    /// <exception cref="ZaqarRefusal">It is none that can be told of messages.</exception>
    public static void Check(string subscriber)
    {
        if (subscriber.Length > CharsMax) throw ZaqarRefusal.Request($"A subscriber's URI has at most {CharsMax} characters; this one has {subscriber.Length}.");
        var scheme = subscriber.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? subscriber[..colon].ToLowerInvariant() : "";
        if (scheme is "trust+http" or "trust+https")
            throw ZaqarRefusal.Request($"The subscriber type {scheme} needs Keystone, which this server does not speak; subscribe with {scheme["trust+".Length..]} instead.");
        if (scheme is not ("http" or "https" or "mailto"))
            throw ZaqarRefusal.Request($"The subscriber type must be supported in the list ['http', 'https', 'mailto']; the subscriber is '{subscriber}'.");
        if (!Uri.TryCreate(subscriber, UriKind.Absolute, out var uri) || (scheme == "mailto" ? uri.UserInfo.Length == 0 || uri.Host.Length == 0 : uri.Host.Length == 0))
            throw ZaqarRefusal.Request($"The subscriber must be a whole URI such as http://host/path or mailto:name@host; it is '{subscriber}'.");
    }
}
