using System.Net.Sockets;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>Serves accepted sockets, on threads of its choice. Disposed of when none is served any more. Thread-safe.</summary>
internal abstract class Transport : IDisposable
{
    /// <summary>Event loops where the system has them, else the framework's sockets.</summary>
    /// <param name="eventLoops">Their number; 0 for none.</param>
    public static Transport Of(int eventLoops) => eventLoops > 0 && EventLoop.IsSupported ? new EventLoopTransport(eventLoops) : new PoolTransport();

    /// <summary>Runs <paramref name="serve"/> with the socket.</summary>
    public abstract Task RunAsync(Socket socket, Func<Wire, Task> serve);

    public abstract void Dispose();
}
