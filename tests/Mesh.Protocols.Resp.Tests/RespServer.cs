using System.Net;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests;

/// <summary>The door on a free port, over a mesh in memory.</summary>
internal sealed class RespServer : RespDoor
{
    private readonly EmbeddedMesh _mesh;
    private readonly RespListener _listener;

    private RespServer(FaultyLogStore store, EmbeddedMesh mesh, RespListener listener)
        : base(listener.EndPoint, mesh)
    {
        Store = store;
        _mesh = mesh;
        _listener = listener;
    }

    public FaultyLogStore Store { get; }

    public static async Task<RespDoor> OpenAsync() => await StartAsync();

    public static async Task<RespServer> StartAsync(RespOptions? options = null, int nodesPerRoom = 2, TimeProvider? clock = null, TimeProvider? doorClock = null)
    {
        var store = new FaultyLogStore(new MemoryLogStore());
        var mesh = await EmbeddedMesh.StartAsync(store, new EmbeddedMeshOptions { NodesPerRoom = nodesPerRoom }, clock);
        return new RespServer(store, mesh, RespListener.Start(new IPEndPoint(IPAddress.Loopback, 0), mesh, options, doorClock));
    }

    public override async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _mesh.DisposeAsync();
        await Store.DisposeAsync();
        await base.DisposeAsync();
    }
}
