using Mesh.Hosting.Doors;
using Mesh.Hosting.Health;

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
    /// <param name="web">The server.</param>
    /// <param name="reachStorage">Throws a <see cref="StorageUnavailableException"/> when this very process cannot reach its storage: then it is not ready.</param>
    public static void Answer(WebApplication web, Func<Task> reachStorage)
    {
        var operations = OperationRoutes.Of(web, new StorageProbe(AskAsync, TimeProvider.System));
        web.Run(context => (operations.Find(context.Request.Path) ?? NotFoundAsync)(context));

        async Task<string?> AskAsync()
        {
            await reachStorage();
            return null;
        }
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
