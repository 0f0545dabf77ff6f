using System.Net.Sockets;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>The framework's sockets and thread pool.</summary>
internal sealed class PoolTransport : Transport
{
    public override Task RunAsync(Socket socket, Func<Wire, Task> serve) => serve(new SocketWire(socket));

    public override void Dispose()
    {
        // Nothing is held.
    }
}
