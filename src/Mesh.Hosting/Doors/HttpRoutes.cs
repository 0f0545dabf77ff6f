using Mesh.Hosting.Operations;
using Mesh.Protocols.Http.MeshV1.OpenApi;

namespace Mesh.Hosting.Doors;

/// <summary>What is where on the HTTP door.</summary>
internal sealed class HttpRoutes(
    RequestDelegate zaqar, RequestDelegate rse, RequestDelegate rings, RequestDelegate rooms, RequestDelegate nodes, RequestDelegate meshV1, OperationRoutes operations)
{
    private static readonly PathString RsePrefix = "/rse";
    private static readonly PathString RingsPrefix = "/rings";
    private static readonly PathString OpenApiPrefix = "/openapi";
    private static readonly PathString MeshV1Prefix = "/mesh/v1";
    private static readonly PathString RoomsPrefix = "/rooms";
    private static readonly PathString NodesPath = "/nodes";

    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments(RsePrefix, StringComparison.Ordinal, out var channel) && channel.HasValue) return Below(rse, RsePrefix, channel);
        if (request.Path.StartsWithSegments(RingsPrefix, StringComparison.Ordinal, out var ring)) return Below(rings, RingsPrefix, ring);
        if (request.Path.StartsWithSegments(RoomsPrefix, StringComparison.Ordinal)) return rooms(context);
        if (request.Path.Equals(NodesPath, StringComparison.Ordinal)) return nodes(context);
        if (request.Path.StartsWithSegments(MeshV1Prefix, StringComparison.Ordinal, out var resource)) return Below(meshV1, MeshV1Prefix, resource);
        if (request.Path.StartsWithSegments(OpenApiPrefix, StringComparison.Ordinal, out var description)) return Below(OpenApiEndpoint.HandleAsync, OpenApiPrefix, description);
        return (operations.Find(request.Path) ?? zaqar)(context);

        Task Below(RequestDelegate handler, PathString prefix, PathString rest)
        {
            (request.PathBase, request.Path) = (request.PathBase.Add(prefix), rest);
            return handler(context);
        }
    }
}
