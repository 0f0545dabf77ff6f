using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>Opens sockets for requests to upgrade (Zaqar specification, section 1.16). Thread-safe.</summary>
internal sealed class SocketDoor
{
    private readonly WebSocketMiddleware _middleware;
    private readonly CancellationToken _stop;

    /// <param name="mesh">Where messages live.</param>
    /// <param name="options">Limits.</param>
    /// <param name="door">Answers requests of HTTP, which frames become.</param>
    /// <param name="subscriptions">Where a socket subscribes.</param>
    /// <param name="registry">Where a socket can be told of messages.</param>
    /// <param name="stop">Closes all sockets.</param>
    public SocketDoor(IMesh mesh, ZaqarOptions options, RequestDelegate door, SubscriptionStore subscriptions, SocketRegistry registry, CancellationToken stop)
    {
        var inner = new InnerCall(door);
        _stop = stop;
        _middleware = new WebSocketMiddleware(
            context => RunAsync(context, socket => new SocketSession(socket, options, inner, mesh, subscriptions, registry)), Options.Create(new WebSocketOptions()), NullLoggerFactory.Instance);
    }

    /// <summary>True for a request to upgrade.</summary>
    public static bool IsAsked(HttpRequest request) => request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    public Task HandleAsync(HttpContext context) => _middleware.Invoke(context);

    private async Task RunAsync(HttpContext context, Func<System.Net.WebSockets.WebSocket, SocketSession> open)
    {
        if (!context.WebSockets.IsWebSocketRequest) throw ZaqarRefusal.Request("The request to open a WebSocket is not one of RFC 6455.");
        CheckOrigin(context.Request);
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop);
        await open(socket).RunAsync(end.Token).ConfigureAwait(false);
    }

    /// <summary>A browser would open a socket for any page, and nobody is authenticated: pages of other hosts are refused.</summary>
    private static void CheckOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.Authority != request.Host.Value))
            throw new ZaqarRefusal(StatusCodes.Status403Forbidden, "Not authorized", $"Pages of {origin} may not open sockets here.");
    }
}
