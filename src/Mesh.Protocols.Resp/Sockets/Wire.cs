namespace Mesh.Protocols.Resp.Sockets;

/// <summary>One connected socket, as the door uses it.</summary>
internal abstract class Wire : IDisposable
{
    /// <summary>The other end's address.</summary>
    public abstract string Peer { get; }

    /// <summary>This end's address.</summary>
    public abstract string Local { get; }

    /// <summary>Receives what has come, at least one byte; one call at a time, by the connection's own loop.</summary>
    /// <returns>0 when the peer sends no more.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> said so; nothing is lost, and receiving can go on.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The connection is broken.</exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken stop);

    /// <summary>Sends as much as goes at once, at least one byte; on any thread, one call at a time.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The connection is broken.</exception>
    /// <exception cref="ObjectDisposedException">It was closed meanwhile.</exception>
    public abstract ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Closes the socket; on any thread.</summary>
    public abstract void Dispose();
}
