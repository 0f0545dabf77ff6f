using System.Net;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Mesh.Topics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>The gRPC door on a free port of loopback, over an embedded mesh in memory.</summary>
public sealed class GrpcHost : GrpcDoor
{
    /// <summary>Longer than a test waits, so that no connection is cut before the test has failed that it holds up.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromMinutes(5);

    private readonly WebApplication _app;
    private readonly EmbeddedMesh _mesh;

    private GrpcHost(WebApplication app, EmbeddedMesh mesh, FaultyLogStore store)
        : base(new Uri(app.Urls.Single()), mesh)
    {
        _app = app;
        _mesh = mesh;
        Store = store;
    }

    public FaultyLogStore Store { get; }

    public static async Task<GrpcDoor> OpenAsync() => await StartAsync();

    public static async Task<GrpcHost> StartAsync(GrpcOptions? options = null, TimeProvider? clock = null, Func<IMesh, IMesh>? around = null, Func<bool>? isReady = null, params string[] rules)
    {
        var store = new FaultyLogStore(new MemoryLogStore());
        var mesh = await EmbeddedMesh.StartAsync(store);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopMax);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var seen = around?.Invoke(mesh) ?? mesh;
        var endpoint = new GrpcEndpoint(seen, options, stopping, clock: clock, topics: new TopicPartitions(seen, new TopicHomes([.. rules.Select(PartitionRule.Parse)])), isReady: _ => Task.FromResult(isReady?.Invoke() ?? true));
        app.Run(endpoint.HandleAsync);
        await app.StartAsync();
        return new GrpcHost(app, mesh, store);
    }

    /// <summary>As SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _app.DisposeAsync();
        await _mesh.DisposeAsync();
    }
}
