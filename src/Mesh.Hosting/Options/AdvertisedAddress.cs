using System.Net;

namespace Mesh.Hosting.Options;

/// <summary>Where others reach a listener, if that is not where it listens.</summary>
/// <param name="Host">Address or name.</param>
/// <param name="Port">Null for the listener's own.</param>
public sealed record AdvertisedAddress(string Host, int? Port)
{
    /// <summary>Reads <c>host</c> or <c>host:port</c>; an address of version 6 with a port stands in brackets.</summary>
    /// <exception cref="FormatException">What is wrong with the text.</exception>
    public static AdvertisedAddress Parse(string text)
    {
        if (text.Contains(':') && IPAddress.TryParse(text, out var bare) && !text.StartsWith('[')) return new AdvertisedAddress(bare.ToString(), null);
        var hasPort = text.LastIndexOf(':') > text.LastIndexOf(']');
        var (host, port) = hasPort ? OptionText.HostAndPort(text) : (text, 0);
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':')) throw new FormatException("an address of version 6 with a port stands in brackets, such as [::1]:6379");
        if (host.Length == 0 || host.Any(char.IsWhiteSpace) || host is "*" or "0.0.0.0" or "::")
            throw new FormatException("an address or a name that clients reach is needed, with or without :port");
        return new AdvertisedAddress(host, hasPort ? port : null);
    }
}
