using Mesh.Hosting.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Mesh.Hosting.Doors;

/// <summary>The web server before anything hangs in it: Kestrel with the doors' listeners and nothing that nobody asked for.</summary>
internal static class WebShell
{
    /// <param name="doors">RESP is none of the web server's, and left out.</param>
    /// <param name="connectionsMax">Connections held at once.</param>
    /// <param name="logs">Goes with the server.</param>
    /// <param name="keepAlive">After so long a quiet HTTP/2 connection is pinged; null never.</param>
    public static WebApplicationBuilder NewBuilder(IReadOnlyList<Door> doors, int connectionsMax, ILoggerFactory logs, TimeSpan? keepAlive = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<SocketTransportOptions>(transport => Listeners.Configure(transport, doors));
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Configure(kestrel, doors, connectionsMax, keepAlive));
        if (doors.All(each => each.Kind == DoorKind.Resp)) builder.Services.AddSingleton<IServer, NoWebServer>();
        builder.Services.AddSingleton(_ => logs); // made by the container, so that it is disposed of with it
        builder.Services.AddSingleton<MetricCollector>();
        return builder;
    }
}
