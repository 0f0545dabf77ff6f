using Mesh.Addresses;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.MeshV1;
using Mesh.Testing;
using Mesh.Testing.Http;
using Mesh.Topics;
using Microsoft.AspNetCore.Builder;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>mesh.v1 over a mesh in memory.</summary>
internal sealed class MeshServer : MeshDoor
{
    private readonly EmbeddedMesh _mesh;
    private readonly KestrelHost _host;
    private readonly CancellationTokenSource _stopping;

    private MeshServer(EmbeddedMesh mesh, KestrelHost host, FaultyLogStore store, CancellationTokenSource stopping)
        : base(host.Address, StreamName.DefaultProject, mesh)
    {
        (_mesh, _host, _stopping) = (mesh, host, stopping);
        Store = store;
    }

    public FaultyLogStore Store { get; }

    public static async Task<MeshDoor> OpenAsync() => await StartAsync();

    public static async Task<MeshServer> StartAsync(MeshV1Options? options = null)
    {
        var store = new FaultyLogStore(new MemoryLogStore());
        var mesh = await EmbeddedMesh.StartAsync(store);
        var stopping = new CancellationTokenSource();
        var endpoint = new MeshV1Endpoint(mesh, new AddressResolver(mesh, new TopicPartitions(mesh, TopicHomes.Default)), options, stopping: stopping.Token);
        var host = await KestrelHost.StartAsync(app => app.Map("/mesh/v1", below => below.Run(endpoint.HandleAsync)));
        return new MeshServer(mesh, host, store, stopping);
    }

    /// <summary>The host begins to stop.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _host.DisposeAsync();
        await _mesh.DisposeAsync();
        await Store.DisposeAsync();
        await base.DisposeAsync();
        _stopping.Dispose();
    }
}
