using System.Net;
using Google.Protobuf;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Mesh.Testing.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Protobus;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>The gRPC door on a free port of loopback, over an embedded mesh in memory.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly EmbeddedMesh _mesh;

    private GrpcHost(WebApplication app, EmbeddedMesh mesh, FaultyLogStore store)
    {
        _app = app;
        _mesh = mesh;
        Store = store;
        Address = new Uri(app.Urls.Single());
        Client = new GrpcClient(Address);
    }

    public FaultyLogStore Store { get; }

    public IPartition Events => _mesh.Partition(GrpcEndpoint.Events);

    public Uri Address { get; }

    public GrpcClient Client { get; }

    public static async Task<GrpcHost> StartAsync(GrpcOptions? options = null, TimeProvider? clock = null, Func<IMesh, IMesh>? around = null)
    {
        var store = new FaultyLogStore(new MemoryLogStore());
        var mesh = await EmbeddedMesh.StartAsync(store);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var endpoint = new GrpcEndpoint(around?.Invoke(mesh) ?? mesh, options, stopping, clock: clock);
        app.Run(endpoint.HandleAsync);
        await app.StartAsync();
        return new GrpcHost(app, mesh, store);
    }

    /// <summary>An open Publish call.</summary>
    public GrpcClientCall Publish(params (string Name, string Value)[] headers) => Client.Open("/protobus.ProtobusService/Publish", headers);

    /// <summary>Publishes events in a stream of their own and waits until they are durable.</summary>
    public async Task PublishAsync(params EncapsulatedEvent[] events)
    {
        using var call = Publish();
        foreach (var published in events) await call.SendAsync(published.ToByteArray());
        call.Complete();
        var status = await call.StatusAsync();
        Assert.True(status.Code == 0, status.ToString());
    }

    public Task PublishAsync(params string[] topics) => PublishAsync([.. topics.Select(topic => new EncapsulatedEvent { Topic = topic })]);

    /// <summary>A subscription that is active.</summary>
    public async Task<Subscriber> SubscribeAsync(string[] patterns, int historyDepth = 0)
    {
        var subscriber = OpenSubscription(patterns, historyDepth);
        await subscriber.Call.Response;
        return subscriber;
    }

    /// <summary>A subscription that was asked for.</summary>
    public Subscriber OpenSubscription(string[] patterns, int historyDepth = 0, params (string Name, string Value)[] headers) =>
        Subscriber.Open(Client, patterns, historyDepth, headers);

    /// <summary>As SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _mesh.DisposeAsync();
    }
}
