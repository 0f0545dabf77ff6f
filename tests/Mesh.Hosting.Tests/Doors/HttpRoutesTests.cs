using Mesh.Hosting.Doors;
using Mesh.Hosting.Metrics;
using Mesh.Hosting.Operations;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Hosting.Tests.Doors;

public sealed class HttpRoutesTests
{
    [Theory]
    [InlineData("/", "zaqar /")]
    [InlineData("/v2/queues", "zaqar /v2/queues")]
    [InlineData("/rse", "zaqar /rse")]
    [InlineData("/rsevp/x", "zaqar /rsevp/x")]
    [InlineData("/rse/", "rse /")]
    [InlineData("/rse/a/b", "rse /a/b")]
    [InlineData("/rse//a/", "rse //a/")]
    [InlineData("/rings", "rings ")]
    [InlineData("/rings/55", "rings /55")]
    [InlineData("/ringside", "zaqar /ringside")]
    [InlineData("/rooms/a/b", "rooms /rooms/a/b")]
    [InlineData("/roomsize", "zaqar /roomsize")]
    [InlineData("/nodes", "nodes /nodes")]
    [InlineData("/nodes/x", "zaqar /nodes/x")]
    [InlineData("/mesh/v1/streams", "mesh /streams")]
    [InlineData("/mesh/v12", "zaqar /mesh/v12")]
    [InlineData("/openapi/v1.json", "")]
    [InlineData("/healthz/live", "")]
    public async Task Each_path_has_its_protocol(string path, string expected)
    {
        var reached = "";
        using var collector = new MetricCollector();
        var routes = new HttpRoutes(Reach("zaqar"), Reach("rse"), Reach("rings"), Reach("rooms"), Reach("nodes"), Reach("mesh"), new OperationRoutes(null!, new MetricsEndpoint(collector)));
        var context = new DefaultHttpContext { Request = { Path = path } };
        await routes.HandleAsync(context);
        Assert.Equal(expected, reached);

        RequestDelegate Reach(string name) => request =>
        {
            reached = $"{name} {request.Request.Path.Value}";
            return Task.CompletedTask;
        };
    }
}
