using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Mesh.Protocols.Resp.Nodes;

/// <summary>Where clients reach a door.</summary>
internal static class Advertised
{
    /// <param name="options">What was said of it.</param>
    /// <param name="listening">Where the door listens.</param>
    public static Node NodeOf(RespOptions options, IPEndPoint listening) =>
        Node.At(options.AdvertisedHost ?? HostOf(listening.Address), options.AdvertisedPort ?? listening.Port);

    /// <summary>A door on all interfaces is reached at the first address that is not this machine's alone.</summary>
    private static string HostOf(IPAddress address)
    {
        if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)) return address.ToString();
        var own = NetworkInterface.GetAllNetworkInterfaces()
            .Where(each => each.OperationalStatus == OperationalStatus.Up && each.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(each => each.GetIPProperties().UnicastAddresses)
            .Select(each => each.Address)
            .FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(each));
        return (own ?? IPAddress.Loopback).ToString();
    }
}
