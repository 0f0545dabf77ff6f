using System.Net;
using System.Net.Sockets;

namespace Mesh.Testing;

/// <summary>A port of loopback for a server that has to know its port before it starts.</summary>
public static class FreePort
{
    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
