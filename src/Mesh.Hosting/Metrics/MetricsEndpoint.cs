namespace Mesh.Hosting.Metrics;

/// <summary><c>GET /metrics</c>: everything measured, as Prometheus text.</summary>
internal sealed class MetricsEndpoint(MetricCollector collector)
{
    public Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(PrometheusText.Write(collector.Scrape()), context.RequestAborted);
    }
}
