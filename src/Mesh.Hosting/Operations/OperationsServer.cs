using Mesh.Hosting.Doors;

namespace Mesh.Hosting.Operations;

/// <summary>The web server of a process that has no doors: it answers those who look after it, and is host to what the process really does.</summary>
public static class OperationsServer
{
    /// <summary>Far more than monitoring needs.</summary>
    private const int ConnectionsMax = 100;

    /// <param name="address">Null for none.</param>
    /// <param name="option">The command line option that moves it.</param>
    /// <param name="logs">Goes with the server.</param>
    /// <param name="doors">Where it listens, once it has started.</param>
    public static WebApplicationBuilder NewBuilder(ListenAddress? address, string option, ILoggerFactory logs, out IReadOnlyList<Door> doors)
    {
        doors = address is null ? [] : [new Door(DoorKind.Http, option, address)];
        return WebShell.NewBuilder(doors, ConnectionsMax, logs);
    }

    /// <summary>Answers health and metrics, and 404 to all else.</summary>
    public static void Answer(WebApplication web, IMesh mesh)
    {
        var operations = OperationRoutes.Of(web, mesh);
        web.Run(context => (operations.Find(context.Request.Path) ?? NotFoundAsync)(context));
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
