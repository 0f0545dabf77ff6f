using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Testing;
using Mesh.Testing.Http;
using Microsoft.AspNetCore.Builder;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>The Zaqar door over a mesh in memory, with a clock that the test moves.</summary>
internal sealed class ZaqarServer : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly EmbeddedMesh _mesh;
    private readonly KestrelHost _host;

    private readonly ZaqarEndpoint _endpoint;

    private ZaqarServer(EmbeddedMesh mesh, ZaqarEndpoint endpoint, KestrelHost host, ManualClock clock)
    {
        _mesh = mesh;
        _endpoint = endpoint;
        _host = host;
        Clock = clock;
        _http = new HttpClient { BaseAddress = host.Address };
        Client = NewClient();
    }

    public ManualClock Clock { get; }

    public Uri Address => _host.Address;

    /// <summary>The client that a test with one client is about.</summary>
    public ZaqarCaller Client { get; }

    public static async Task<ZaqarServer> StartAsync(ZaqarOptions? options = null, ILogStore? store = null)
    {
        var clock = new ManualClock();
        var mesh = await EmbeddedMesh.StartAsync(store ?? new MemoryLogStore(), clock: clock);
        var endpoint = new ZaqarEndpoint(mesh, options, clock: clock);
        endpoint.StartDeliveries();
        return new ZaqarServer(mesh, endpoint, await KestrelHost.StartAsync(app => app.Run(endpoint.HandleAsync)), clock);
    }

    /// <summary>Another client of the same project, or of another one.</summary>
    public ZaqarCaller NewClient(string project = "p") => new(_http, project, Guid.NewGuid().ToString());

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _endpoint.DisposeAsync();
        await _mesh.DisposeAsync();
    }
}
