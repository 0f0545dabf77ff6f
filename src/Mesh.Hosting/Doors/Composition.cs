using Mesh.Addresses;
using Mesh.Hosting.Health;
using Mesh.Hosting.Operations;
using Mesh.Protocols.Grpc;
using Mesh.Protocols.Http.MeshV1;
using Mesh.Protocols.Http.Rings;
using Mesh.Protocols.Http.Rooms;
using Mesh.Protocols.Http.Rse;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Protocols.Resp;
using Mesh.Protocols.Rotera;
using Mesh.Topics;

namespace Mesh.Hosting.Doors;

/// <summary>Hangs the doors in the web server.</summary>
internal static class Composition
{
    public static WebApplication Build(DoorOptions options, IReadOnlyList<Door> doors, IMesh mesh, ILoggerFactory logs)
    {
        var builder = WebShell.NewBuilder(doors, options.ConnectionsMax, logs, options.GrpcKeepAlive);
        builder.Services.Configure<HostOptions>(host => (host.ShutdownTimeout, host.ServicesStopConcurrently) = (DoorHost.DrainMax, true));
        var topics = new TopicPartitions(mesh, new TopicHomes(options.Partitions, options.PartitionKeeps));
        foreach (var door in doors.Where(each => each.Kind == DoorKind.Resp))
            builder.Services.AddHostedService(services => new RespDoor(door, mesh, topics, options, services.GetRequiredService<ILogger<RespListener>>()));
        var stopping = new CancellationTokenSource();
        foreach (var door in doors.Where(each => each.Kind == DoorKind.Rotera))
            door.Connections = new RoteraEndpoint(mesh, new RoteraOptions { CreatesRings = options.RoteraCreates }, stopping.Token, logs.CreateLogger<RoteraEndpoint>()).RunAsync;
        var web = builder.Build();
        web.Lifetime.ApplicationStopping.Register(stopping.Cancel);
        web.Run(Dispatch(web, options, mesh, topics));
        return web;
    }

    /// <summary>Zaqar's door delivers to subscribers for as long as the host is open.</summary>
    private static ZaqarEndpoint OpenZaqar(WebApplication web, DoorOptions options, IMesh mesh, TopicPartitions topics, ILoggerFactory logs)
    {
        var zaqar = new ZaqarEndpoint(
            mesh,
            new ZaqarOptions
            {
                WebhooksMayBePrivate = options.WebhooksMayBePrivate,
                PoolsAreOpen = options.PoolsAreOpen,
                ConfirmationIsRequired = options.ZaqarConfirmation,
                Smtp = options.ZaqarMail.ToOptions(),
                MessageKeys = options.ZaqarMessageKeys?.Keys ?? [],
                ChecksumsAreShown = options.ZaqarChecksums,
            },
            logs.CreateLogger<ZaqarEndpoint>(),
            topics: topics);
        web.Lifetime.ApplicationStarted.Register(zaqar.StartDeliveries);
        web.Lifetime.ApplicationStopping.Register(() => zaqar.DisposeAsync().AsTask().Wait(DoorHost.DrainMax));
        return zaqar;
    }

    private static RseEndpoint OpenRse(WebApplication web, DoorOptions options, IMesh mesh, TopicPartitions topics, ILoggerFactory logs)
    {
        var rse = new RseOptions
        {
            EventTtl = options.RseTtl,
            Tokens = options.RseTokens?.Open(),
            TokenPrefix = options.RseTokenPrefix,
            TokenHashedFromChars = options.RseTokenHashedFrom,
            WaitsMax = options.RseWaitsMax,
            CorsOrigins = options.RseCors?.Split(',') ?? [],
        };
        return new RseEndpoint(mesh, rse, TimeProvider.System, logs.CreateLogger<RseEndpoint>(), web.Lifetime.ApplicationStopping, topics);
    }

    private static MeshV1Endpoint OpenMeshV1(WebApplication web, IMesh mesh, TopicPartitions topics, ILoggerFactory logs) => new(
        mesh, new AddressResolver(mesh, topics), log: logs.CreateLogger<MeshV1Endpoint>(), stopping: web.Lifetime.ApplicationStopping);

    private static RequestDelegate Dispatch(WebApplication web, DoorOptions options, IMesh mesh, TopicPartitions topics)
    {
        var logs = web.Services.GetRequiredService<ILoggerFactory>();
        var rse = OpenRse(web, options, mesh, topics, logs);
        var rseAtRoot = rse.For(options.RseModeAt(DoorKind.Rse));
        var zaqar = OpenZaqar(web, options, mesh, topics, logs);
        var storage = new StorageProbe(mesh, TimeProvider.System);
        var grpc = new GrpcEndpoint(
            mesh,
            new GrpcOptions { MessageBytesMax = options.GrpcMessageBytesMax, CallsMax = options.ConnectionsMax, SubscriberStallMax = options.GrpcStallMax },
            web.Lifetime.ApplicationStopping,
            logs.CreateLogger<GrpcEndpoint>(),
            topics: topics,
            isReady: async _ => await storage.AskAsync() is null);
        var rooms = new RoomsEndpoint(mesh);
        var http = new HttpRoutes(
            zaqar.HandleAsync, rse.For(options.RseModeAt(DoorKind.Http)), new RingsEndpoint(mesh).HandleAsync, rooms.HandleAsync, rooms.ListNodesAsync,
            OpenMeshV1(web, mesh, topics, logs).HandleAsync, OperationRoutes.Of(web, storage));
        return context => context.Features.Get<Door>()?.Kind switch
        {
            DoorKind.Rse => rseAtRoot(context),
            DoorKind.Grpc => grpc.HandleAsync(context),
            DoorKind.ZaqarWs => zaqar.HandleAsync(context),
            _ => http.HandleAsync(context),
        };
    }
}
