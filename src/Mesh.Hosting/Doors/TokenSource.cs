using System.Net;
using Mesh.Hosting.Options;
using Mesh.Protocols.Http.Rse.Tokens;

namespace Mesh.Hosting.Doors;

/// <summary>Where RSE's valid tokens are: a file, or memcached servers.</summary>
/// <param name="Path">The file; null for memcached.</param>
/// <param name="Servers">Host and port of each memcached server.</param>
public sealed record TokenSource(string? Path, IReadOnlyList<DnsEndPoint> Servers)
{
    public const string Form = "file | memcached:host[:port],… | off";

    private const string Memcached = "memcached:";
    private const int MemcachedPort = 11211;

    /// <returns>Null for <c>off</c>.</returns>
    /// <exception cref="FormatException">What is wrong with the text.</exception>
    public static TokenSource? Parse(string text)
    {
        if (text == "off") return null;
        if (text.StartsWith(Memcached, StringComparison.Ordinal)) return new TokenSource(null, [.. text[Memcached.Length..].Split(',').Select(ParseServer)]);
        return OfFile(text);
    }

    /// <exception cref="TokenStoreException">The file cannot be read.</exception>
    internal ITokenStore Open() => Path is null ? new MemcachedTokens(Servers, TimeProvider.System) : new TokenFile(Path, TimeProvider.System);

    private static TokenSource OfFile(string path)
    {
        try
        {
            File.OpenRead(path).Dispose();
            return new TokenSource(path, []);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FormatException($"a file that can be read, or memcached: and its servers, is needed, but: {failure.Message}");
        }
    }

    private static DnsEndPoint ParseServer(string text)
    {
        if (text.Length > 0 && !text.Contains(':', StringComparison.Ordinal)) return new DnsEndPoint(text, MemcachedPort);
        var (host, port) = OptionText.HostAndPort(text);
        return new DnsEndPoint(host, port);
    }
}
