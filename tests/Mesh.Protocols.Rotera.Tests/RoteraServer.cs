using System.Net;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;

namespace Mesh.Protocols.Rotera.Tests;

/// <summary>The door on a free port, over a mesh in memory that survives restarts of the server.</summary>
internal sealed class RoteraServer : IAsyncDisposable
{
    private readonly RoteraOptions? _options;
    private WebApplication _web = null!;
    private CancellationTokenSource _stopping = null!;

    private RoteraServer(RoteraOptions? options) => _options = options;

    public FaultyLogStore Store { get; } = new(new MemoryLogStore());

    public EmbeddedMesh Mesh { get; private set; } = null!;

    public IPEndPoint EndPoint { get; private set; } = null!;

    public static async Task<RoteraServer> StartAsync(RoteraOptions? options = null)
    {
        var server = new RoteraServer(options);
        await server.OpenAsync();
        return server;
    }

    /// <summary>What a process does that stops without a commit and is started again.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Tells the connections that the server stops, and does not stop it yet.</summary>
    public Task BeginStopAsync() => _stopping.CancelAsync();

    public Task<RoteraClient> ConnectAsync() => RoteraClient.ConnectAsync(EndPoint);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Store.DisposeAsync();
    }

    private async Task OpenAsync()
    {
        Mesh = await EmbeddedMesh.StartAsync(Store);
        _stopping = new CancellationTokenSource();
        var door = new RoteraEndpoint(Mesh, _options, _stopping.Token);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Run(door.RunAsync)));
        _web = builder.Build();
        await _web.StartAsync();
        EndPoint = IPEndPoint.Parse(new Uri(_web.Urls.Single()).Authority);
    }

    private async Task CloseAsync()
    {
        await _stopping.CancelAsync();
        await _web.DisposeAsync();
        await Mesh.DisposeAsync();
        _stopping.Dispose();
    }
}
