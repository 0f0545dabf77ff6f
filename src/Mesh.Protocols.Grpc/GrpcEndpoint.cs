using System.Collections.Frozen;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.MeshV1;
using Mesh.Protocols.Grpc.Protobus;
using Mesh.Protocols.Grpc.Services;
using Mesh.Topics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Grpc;

/// <summary>
/// The gRPC door: <c>protobus.ProtobusService</c> and <c>mesh.v1.Mesh</c> over HTTP/2, and the services that tools look for (health checks, reflection). Give every request of a
/// listener for HTTP/2 to <see cref="HandleAsync"/>. Thread-safe.
/// </summary>
public sealed class GrpcEndpoint
{
    private const string Service = "/protobus.ProtobusService/";

    private readonly GrpcServer _server;

    /// <param name="mesh">Where events are kept.</param>
    /// <param name="options">Bounds; null for the defaults.</param>
    /// <param name="stopping">Cancelled when the server begins to stop: publishers' events are stored to the last received, then all calls end with UNAVAILABLE.</param>
    /// <param name="log">Gets failures that no client caused.</param>
    /// <param name="clock">Measures deadlines and waits.</param>
    /// <param name="topics">Where events go by their topics; null for one partition.</param>
    /// <param name="isReady">Whether calls can be served now, for health checks; null for always.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public GrpcEndpoint(
        IMesh mesh, GrpcOptions? options = null, CancellationToken stopping = default, ILogger<GrpcEndpoint>? log = null, TimeProvider? clock = null,
        TopicPartitions? topics = null, Func<CancellationToken, Task<bool>>? isReady = null)
    {
        options ??= new GrpcOptions();
        options.Check();
        clock ??= TimeProvider.System;
        log ??= NullLogger<GrpcEndpoint>.Instance;
        topics ??= new TopicPartitions(mesh, TopicHomes.Default);
        var methods = new Dictionary<string, GrpcMethod>
        {
            [Service + "Publish"] = new PublishMethod(topics, options, clock).RunAsync,
            [Service + "Subscribe"] = new SubscribeMethod(topics, options, log).RunAsync,
        };
        foreach (var (path, method) in MeshService.Methods(mesh, topics, options, clock)) methods.Add(path, method);
        AddCommonServices(methods, isReady ?? (static _ => Task.FromResult(true)), clock, stopping);
        _server = new GrpcServer(methods.ToFrozenDictionary(), options, clock, stopping, log);
    }

    /// <summary>What tools expect of any server: health checks of its services, and descriptions of them.</summary>
    private static void AddCommonServices(
        Dictionary<string, GrpcMethod> methods, Func<CancellationToken, Task<bool>> isReady, TimeProvider clock, CancellationToken stopping)
    {
        var health = new HealthMethods([.. methods.Keys.Select(ServiceOf).Distinct().Order()], isReady, clock, stopping);
        foreach (var (path, method) in health.Methods) methods.Add(path, method);
        string[] services = [.. methods.Keys.Concat(ReflectionMethod.Paths).Select(ServiceOf).Distinct().Order()];
        foreach (var path in ReflectionMethod.Paths) methods.Add(path, new ReflectionMethod(ServiceDescriptions.Default, services).RunAsync);
    }

    private static string ServiceOf(string path) => path[1..path.LastIndexOf('/')];

    /// <summary>Serves one call to its end.</summary>
    public Task HandleAsync(HttpContext context) => _server.HandleAsync(context);
}
