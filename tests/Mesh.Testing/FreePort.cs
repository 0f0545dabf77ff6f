using System.Net;
using System.Net.Sockets;

namespace Mesh.Testing;

/// <summary>
/// A port of loopback for a server that has to know its port before it starts. It is none of those that the system gives to whoever asks for any, for connections too: until the server
/// has started, such a port may have gone to another. Thread-safe.
/// </summary>
public static class FreePort
{
    /// <summary>Below are ports of well-known servers.</summary>
    private const int First = 10_000;

    /// <summary>The system gives ports from here on, unless it is told otherwise.</summary>
    private static readonly int End = EndOf("/proc/sys/net/ipv4/ip_local_port_range");

    /// <summary>Each process begins elsewhere, and takes none twice before it has had all.</summary>
    private static int _last = Random.Shared.Next(End - First);

    /// <summary>A port that nobody listened on a moment ago, and that no other call has got.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % (uint)(End - First));
            if (IsFree(port)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int EndOf(string range)
    {
        const int Usual = 32_768;
        const int PortsMin = 1000;
        var least = File.Exists(range) ? int.Parse(File.ReadAllText(range).Split('\t', ' ')[0], System.Globalization.CultureInfo.InvariantCulture) : Usual;
        return Math.Max(least, First + PortsMin);
    }
}
