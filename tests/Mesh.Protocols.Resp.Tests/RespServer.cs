using System.Net;
using System.Net.Sockets;
using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests;

/// <summary>The door on a free port, over a mesh in memory.</summary>
internal sealed class RespServer : IAsyncDisposable
{
    private readonly RespListener _listener;

    private RespServer(FaultyLogStore store, EmbeddedMesh mesh, RespListener listener)
    {
        Store = store;
        Mesh = mesh;
        _listener = listener;
    }

    public FaultyLogStore Store { get; }

    public EmbeddedMesh Mesh { get; }

    public IPEndPoint EndPoint => _listener.EndPoint;

    public string Port => EndPoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static async Task<RespServer> StartAsync(RespOptions? options = null)
    {
        var store = new FaultyLogStore(new MemoryLogStore());
        var mesh = await EmbeddedMesh.StartAsync(store);
        return new RespServer(store, mesh, RespListener.Start(new IPEndPoint(IPAddress.Loopback, 0), mesh, options));
    }

    public Task<RespWire> ConnectAsync() => RespWire.ConnectAsync(EndPoint);

    /// <summary>Sends bytes in pieces and reads until so many bytes came, or the server closed.</summary>
    public async Task<string> ExchangeAsync(byte[] request, int pieceBytes, int replyBytes)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(EndPoint);
        var stream = client.GetStream();
        for (var at = 0; at < request.Length; at += Math.Min(pieceBytes, request.Length - at)) await stream.WriteAsync(request.AsMemory(at, Math.Min(pieceBytes, request.Length - at)));
        var reply = new byte[replyBytes];
        var read = 0;
        while (read < replyBytes && await stream.ReadAsync(reply.AsMemory(read)).AsTask().WaitAsync(TimeSpan.FromSeconds(30)) is > 0 and var more) read += more;
        return Encoding.Latin1.GetString(reply, 0, read);
    }

    /// <summary>Sends bytes and reads until the server closes.</summary>
    public Task<string> ExchangeUntilClosedAsync(string request) => ExchangeAsync(Encoding.Latin1.GetBytes(request), int.MaxValue, 64 * 1024);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await Mesh.DisposeAsync();
        await Store.DisposeAsync();
    }
}
