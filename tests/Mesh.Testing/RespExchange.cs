using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Testing;

/// <summary>One connection's exchange with a RESP server, byte for byte; each byte of the answer is one character.</summary>
public static class RespExchange
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Sends bytes in pieces and reads until so many bytes came, or the server closed.</summary>
    public static async Task<string> RunAsync(EndPoint server, byte[] request, int pieceBytes, int replyBytes)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(server);
        if (server is IPEndPoint) socket.NoDelay = true;
        for (var at = 0; at < request.Length; at += Math.Min(pieceBytes, request.Length - at))
            await socket.SendAsync(request.AsMemory(at, Math.Min(pieceBytes, request.Length - at)));
        var reply = new byte[replyBytes];
        var read = 0;
        while (read < replyBytes && await socket.ReceiveAsync(reply.AsMemory(read)).AsTask().WaitAsync(TimeMax) is > 0 and var more) read += more;
        return Encoding.Latin1.GetString(reply, 0, read);
    }

    /// <summary>Sends bytes and reads until the server closes, at most 64 KiB.</summary>
    public static Task<string> UntilClosedAsync(EndPoint server, byte[] request) => RunAsync(server, request, int.MaxValue, 64 * 1024);
}
