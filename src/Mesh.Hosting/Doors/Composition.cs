using Mesh.Hosting.Health;
using Mesh.Hosting.Metrics;
using Mesh.Protocols.Grpc;
using Mesh.Protocols.Http.Rse;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Protocols.Resp;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Mesh.Hosting.Doors;

/// <summary>Hangs the doors in the web server.</summary>
internal static class Composition
{
    public static WebApplication Build(DoorOptions options, IReadOnlyList<Door> doors, IMesh mesh, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<HostOptions>(host => (host.ShutdownTimeout, host.ServicesStopConcurrently) = (DoorHost.DrainMax, true));
        builder.Services.Configure<SocketTransportOptions>(transport => Listeners.Configure(transport, doors));
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Configure(kestrel, doors, options));
        if (doors.All(each => each.Kind == DoorKind.Resp)) builder.Services.AddSingleton<IServer, NoWebServer>();
        builder.Services.AddSingleton(_ => logs); // made by the container, so that it is disposed of with it
        builder.Services.AddSingleton<MetricCollector>();
        foreach (var door in doors.Where(each => each.Kind == DoorKind.Resp))
            builder.Services.AddHostedService(services => new RespDoor(door, mesh, options, services.GetRequiredService<ILogger<RespListener>>()));
        var web = builder.Build();
        web.Run(Dispatch(web, options, mesh));
        return web;
    }

    private static RequestDelegate Dispatch(WebApplication web, DoorOptions options, IMesh mesh)
    {
        var logs = web.Services.GetRequiredService<ILoggerFactory>();
        var rse = new RseEndpoint(
            mesh, new RseOptions { Mode = options.RseModeInForce, EventTtl = options.RseTtl }, TimeProvider.System, logs.CreateLogger<RseEndpoint>());
        var zaqar = new ZaqarEndpoint(mesh, log: logs.CreateLogger<ZaqarEndpoint>());
        var grpc = new GrpcEndpoint(
            mesh,
            new GrpcOptions { MessageBytesMax = options.GrpcMessageBytesMax, CallsMax = options.ConnectionsMax },
            web.Lifetime.ApplicationStopping,
            logs.CreateLogger<GrpcEndpoint>());
        var health = new HealthEndpoint(new StorageProbe(mesh, TimeProvider.System), web.Lifetime.ApplicationStopping);
        var http = new HttpRoutes(zaqar.HandleAsync, rse.HandleAsync, health, new MetricsEndpoint(web.Services.GetRequiredService<MetricCollector>()));
        return context => context.Features.Get<Door>()?.Kind switch
        {
            DoorKind.Rse => rse.HandleAsync(context),
            DoorKind.Grpc => grpc.HandleAsync(context),
            _ => http.HandleAsync(context),
        };
    }
}
