using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Testing;
using Mesh.Testing.Http;
using Mesh.Testing.Storage;
using Microsoft.AspNetCore.Builder;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>The Zaqar door over a mesh in memory, with a clock that the test moves.</summary>
internal sealed class ZaqarServer : ZaqarDoor
{
    private readonly EmbeddedMesh _mesh;
    private readonly KestrelHost _host;
    private readonly ZaqarEndpoint _endpoint;
    private readonly int _timersOfTheHost;

    private ZaqarServer(EmbeddedMesh mesh, ZaqarEndpoint endpoint, KestrelHost host, ManualClock clock)
        : base(host.Address, "p", mesh)
    {
        _mesh = mesh;
        _endpoint = endpoint;
        _host = host;
        Clock = clock;
        _timersOfTheHost = clock.ActiveTimers;
    }

    public ManualClock Clock { get; }

    public override DateTimeOffset Now => Clock.GetUtcNow();

    public static async Task<ZaqarDoor> OpenAsync() => await StartAsync();

    /// <summary>With webhooks on loopback, as tests have them.</summary>
    public static async Task<ZaqarDoor> OpenWithWebhooksAsync() => await StartAsync(new ZaqarOptions { WebhooksMayBePrivate = true });

    public static async Task<ZaqarServer> StartAsync(ZaqarOptions? options = null, ILogStore? store = null, PoolSet? pools = null)
    {
        var clock = new ManualClock();
        var mesh = await EmbeddedMesh.StartAsync(store ?? new MemoryLogStore(), new EmbeddedMeshOptions { OpenPool = pools is null ? null : pools.Open }, clock);
        var endpoint = new ZaqarEndpoint(mesh, options ?? new ZaqarOptions { MessageKeys = [Key(1)] }, clock: clock);
        endpoint.StartDeliveries();
        return new ZaqarServer(mesh, endpoint, await KestrelHost.StartAsync(app => app.Run(endpoint.HandleAsync)), clock);
    }

    /// <summary>A key for queues that encrypt.</summary>
    public static byte[] Key(byte filler) => [.. Enumerable.Repeat(filler, ZaqarOptions.MessageKeyBytes)];

    /// <summary>Until so many requests wait: each has a timer for its end.</summary>
    public Task UntilWaitingAsync(int requests) => Clock.UntilTimersAsync(_timersOfTheHost + requests);

    /// <summary>Whether so many requests wait now.</summary>
    public bool IsWaiting(int requests) => Clock.ActiveTimers == _timersOfTheHost + requests;

    /// <summary>As a host does first when it stops.</summary>
    public ValueTask StopAsync() => _endpoint.DisposeAsync();

    public override async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _endpoint.DisposeAsync();
        await _mesh.DisposeAsync();
        await base.DisposeAsync();
    }
}
