using Mesh.Hosting.Health;
using Mesh.Hosting.Metrics;

namespace Mesh.Hosting.Operations;

/// <summary>What every process answers to those who look after it: <c>/healthz/live</c>, <c>/healthz/ready</c>, <c>/metrics</c>.</summary>
internal sealed class OperationRoutes(HealthEndpoint health, MetricsEndpoint metrics)
{
    /// <param name="web">The process's web server; readiness ends when it begins to stop.</param>
    /// <param name="storage">Asked for readiness.</param>
    public static OperationRoutes Of(WebApplication web, StorageProbe storage) => new(
        new HealthEndpoint(storage, web.Lifetime.ApplicationStopping),
        new MetricsEndpoint(web.Services.GetRequiredService<MetricCollector>()));

    /// <returns>Null for any other path.</returns>
    public RequestDelegate? Find(PathString path) => path.Value switch
    {
        "/healthz/live" => HealthEndpoint.LiveAsync,
        "/healthz/ready" => health.ReadyAsync,
        "/metrics" => metrics.HandleAsync,
        _ => null,
    };
}
