using Mesh.Hosting.Operations;

namespace Mesh.Hosting.Doors;

/// <summary>What is where on the HTTP door.</summary>
internal sealed class HttpRoutes(RequestDelegate zaqar, RequestDelegate rse, OperationRoutes operations)
{
    private static readonly PathString RsePrefix = "/rse";

    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments(RsePrefix, StringComparison.Ordinal, out var channel) && channel.HasValue)
        {
            request.PathBase = request.PathBase.Add(RsePrefix);
            request.Path = channel;
            return rse(context);
        }

        return (operations.Find(request.Path) ?? zaqar)(context);
    }
}
