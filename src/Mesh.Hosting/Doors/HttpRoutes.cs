using Mesh.Hosting.Health;
using Mesh.Hosting.Metrics;

namespace Mesh.Hosting.Doors;

/// <summary>What is where on the HTTP door.</summary>
internal sealed class HttpRoutes(RequestDelegate zaqar, RequestDelegate rse, HealthEndpoint health, MetricsEndpoint metrics)
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

        return request.Path.Value switch
        {
            "/healthz/live" => HealthEndpoint.LiveAsync(context),
            "/healthz/ready" => health.ReadyAsync(context),
            "/metrics" => metrics.HandleAsync(context),
            _ => zaqar(context),
        };
    }
}
