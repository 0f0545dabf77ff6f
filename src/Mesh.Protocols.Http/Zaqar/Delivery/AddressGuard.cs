using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>
/// Which addresses a webhook may be at: those of the public internet, lest a subscriber makes this server call what only it can reach. Thread-safe.
/// </summary>
/// <param name="resolve">Gives the addresses of a name.</param>
/// <param name="isAllowed">Judges one of them.</param>
internal sealed class AddressGuard(Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPAddress, bool> isAllowed)
{
    /// <summary>First address and prefix bits of what is not public in IPv4: this network, private, shared, loopback, link-local, special, test and multicast and beyond.</summary>
    private static readonly (uint First, int Bits)[] NotPublic =
    [
        (0x00000000, 8), (0x0A000000, 8), (0x64400000, 10), (0x7F000000, 8), (0xA9FE0000, 16), (0xAC100000, 12), (0xC0000000, 24),
        (0xC0000200, 24), (0xC0A80000, 16), (0xC6120000, 15), (0xC6336400, 24), (0xCB007100, 24), (0xE0000000, 3),
    ];

    /// <summary>Lets through what the system's resolver finds on the public internet.</summary>
    public static readonly AddressGuard Public = new(Dns.GetHostAddressesAsync, IsPublic);

    /// <summary>True for an address that anybody on the internet can reach.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork ? IsPublic(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : IsPublicV6(bytes);
    }

    /// <summary>
    /// Connects to a host at an allowed address only. The name is resolved once for each connection, and that which was judged is connected to: an answer of
    /// the resolver that changes in between, or a redirect, leads nowhere else.
    /// </summary>
    /// <exception cref="HttpRequestException">It has none.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var itself) ? [itself] : await resolve(host, cancel).ConfigureAwait(false);
        var allowed = Array.FindAll(addresses, address => isAllowed(address));
        if (allowed.Length == 0)
            throw new HttpRequestException($"{host} is at no public address, and webhooks to loopback, link-local and private addresses are not allowed; the server's option for private webhooks allows them.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsPublic(uint address)
    {
        foreach (var (first, bits) in NotPublic)
            if ((address ^ first) >> (32 - bits) == 0) return false;
        return true;
    }

    /// <summary>Only global unicast is public, and of it not what stands for an address of IPv4: 6to4 and Teredo.</summary>
    private static bool IsPublicV6(ReadOnlySpan<byte> bytes)
    {
        var prefix = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return (bytes[0] & 0xE0) == 0x20 && prefix >> 16 != 0x2002 && prefix != 0x20010000 && prefix != 0x20010DB8;
    }
}
