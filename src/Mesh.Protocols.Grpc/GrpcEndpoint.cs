using System.Collections.Frozen;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Protocols.Grpc.MeshV1;
using Mesh.Protocols.Grpc.Protobus;
using Mesh.Topics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Grpc;

/// <summary>
/// The gRPC door: <c>protobus.ProtobusService</c> and <c>mesh.v1.Mesh</c> over HTTP/2. Give every request of a listener for HTTP/2 to <see cref="HandleAsync"/>. Thread-safe.
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
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public GrpcEndpoint(
        IMesh mesh, GrpcOptions? options = null, CancellationToken stopping = default, ILogger<GrpcEndpoint>? log = null, TimeProvider? clock = null,
        TopicPartitions? topics = null)
    {
        options ??= new GrpcOptions();
        options.Check();
        clock ??= TimeProvider.System;
        topics ??= new TopicPartitions(mesh, TopicHomes.Default);
        var methods = new Dictionary<string, GrpcMethod>
        {
            [Service + "Publish"] = new PublishMethod(topics, options, clock).RunAsync,
            [Service + "Subscribe"] = new SubscribeMethod(topics, options).RunAsync,
        };
        foreach (var (path, method) in MeshService.Methods(mesh, topics, options, clock)) methods.Add(path, method);
        _server = new GrpcServer(methods.ToFrozenDictionary(), options, clock, stopping, log ?? NullLogger<GrpcEndpoint>.Instance);
    }

    /// <summary>Serves one call to its end.</summary>
    public Task HandleAsync(HttpContext context) => _server.HandleAsync(context);
}
