using System.Net.Sockets;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>Tells a command that blocks when its client has left.</summary>
public sealed class ConnectionWatch
{
    private readonly Socket _socket;

    internal ConnectionWatch(Socket socket) => _socket = socket;

    /// <summary>Cancels <paramref name="command"/> when the client leaves. Ends when it has, when it sent something more, or when <paramref name="stop"/> says so.</summary>
    public async Task WatchAsync(CancellationTokenSource command, CancellationToken stop)
    {
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, stop);
            if (_socket.Available == 0) await command.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The command has ended first.
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            await command.CancelAsync();
        }
    }
}
