using System.Net.Sockets;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>A socket as the framework serves it, on the thread pool.</summary>
internal sealed class SocketWire(Socket socket) : Wire
{
    public override string Peer { get; } = socket.RemoteEndPoint?.ToString() ?? "";

    public override string Local { get; } = socket.LocalEndPoint?.ToString() ?? "";

    public override ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken stop) => socket.ReceiveAsync(into, SocketFlags.None, stop);

    public override ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    public override void Dispose() => socket.Dispose();
}
