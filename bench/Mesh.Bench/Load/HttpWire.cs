using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Bench.Load;

/// <summary>One keep-alive connection that RSE is spoken over, with as little as possible between the load and the socket. Not thread-safe.</summary>
internal sealed class HttpWire : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[8 * 1024];

    public HttpWire(IPEndPoint server) => _socket.Connect(server);

    /// <param name="line">Method and target.</param>
    /// <param name="client">The UUID of its user agent.</param>
    /// <param name="body">Null for none.</param>
    public void Send(string line, string client, string? body = null)
    {
        var length = body is null ? "" : $"Content-Length: {body.Length}\r\n";
        _socket.Send(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench/1 uuid/{client}\r\nX-Auth-Token: {RseWire.Token}\r\n{length}\r\n{body}"));
    }

    /// <summary>Waits for one whole answer, of at most 8 KiB.</summary>
    /// <returns>Its status line and headers.</returns>
    public string Receive()
    {
        var read = 0;
        while (true)
        {
            var more = _socket.Receive(_buffer.AsSpan(read));
            if (more == 0) throw new InvalidOperationException("The server closed the connection.");
            read += more;
            var end = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            if (end < 0) continue;
            var head = Encoding.ASCII.GetString(_buffer, 0, end + 2);
            if (read >= end + 4 + (int.TryParse(Header(head, "Content-Length"), out var length) ? length : 0)) return head;
        }
    }

    /// <returns>Null when there is none.</returns>
    public static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var value = head[(at + name.Length + 4)..];
        return value[..value.IndexOf('\r', StringComparison.Ordinal)];
    }

    public void Dispose() => _socket.Dispose();
}
