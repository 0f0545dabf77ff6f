using System.Globalization;
using System.Net;

namespace Mesh.Hosting.Doors;

/// <summary>Where a door listens. Port 0 takes any free port.</summary>
public sealed record ListenAddress(IPAddress Host, int Port)
{
    public static ListenAddress OnLoopback(int port) => new(IPAddress.Loopback, port);

    public bool IsLoopback => IPAddress.IsLoopback(Host);

    public IPEndPoint ToEndPoint() => new(Host, Port);

    /// <summary>Reads <c>port</c> (on loopback), <c>host:port</c> or <c>off</c>. The host is an IP address (v6 in brackets), <c>localhost</c>, or <c>*</c> for all.</summary>
    /// <returns>Null for <c>off</c>.</returns>
    /// <exception cref="FormatException">What is wrong with the text.</exception>
    public static ListenAddress? Parse(string text)
    {
        if (text.Equals("off", StringComparison.OrdinalIgnoreCase)) return null;
        var colon = text.LastIndexOf(':');
        if (colon < 0) return OnLoopback(ParsePort(text));
        return new ListenAddress(ParseHost(text[..colon]), ParsePort(text[(colon + 1)..]));
    }

    public override string ToString() => ToEndPoint().ToString();

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new FormatException($"a port is a number from 0 to {IPEndPoint.MaxPort}");

    private static IPAddress ParseHost(string text)
    {
        if (text == "*") return IPAddress.IPv6Any;
        if (text.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return IPAddress.Loopback;
        var bracketed = text.StartsWith('[') && text.EndsWith(']');
        if (IPAddress.TryParse(bracketed ? text[1..^1] : text, out var address) && bracketed == text.Contains(':')) return address;
        throw new FormatException("the host is an IP address such as 0.0.0.0 or [::1], localhost, or * for every interface");
    }
}
