using System.Net;
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
    public Task<string> ExchangeAsync(byte[] request, int pieceBytes, int replyBytes) => RespExchange.RunAsync(EndPoint, request, pieceBytes, replyBytes);

    /// <summary>Sends bytes and reads until the server closes.</summary>
    public Task<string> ExchangeUntilClosedAsync(string request) => RespExchange.UntilClosedAsync(EndPoint, Encoding.Latin1.GetBytes(request));

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await Mesh.DisposeAsync();
        await Store.DisposeAsync();
    }
}
