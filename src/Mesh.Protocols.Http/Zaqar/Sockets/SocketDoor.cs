using Mesh.Protocols.Http.Zaqar.Addresses;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>Opens sockets for requests to upgrade (Zaqar specification, section 1.16). Thread-safe.</summary>
internal sealed class SocketDoor
{
    private readonly Func<System.Net.WebSockets.WebSocket, SocketSession> _open;
    private readonly CancellationToken _stop;

    /// <param name="mesh">Where messages live.</param>
    /// <param name="options">Limits.</param>
    /// <param name="door">Answers requests of HTTP, which frames become.</param>
    /// <param name="streams">What is named by an address.</param>
    /// <param name="subscriptions">Where a socket subscribes.</param>
    /// <param name="registry">Where a socket can be told of messages.</param>
    /// <param name="stop">Closes all sockets.</param>
    public SocketDoor(IMesh mesh, ZaqarOptions options, RequestDelegate door, StreamsByAddress streams, SubscriptionStore subscriptions, SocketRegistry registry, CancellationToken stop)
    {
        var inner = new InnerCall(door);
        _stop = stop;
        _open = socket => new SocketSession(socket, options, inner, mesh, streams, subscriptions, registry);
    }

    public Task HandleAsync(HttpContext context) => SocketUpgrade.HandleAsync(context, RunAsync);

    private async Task RunAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest) throw ZaqarRefusal.Request("The request to open a WebSocket is not one of RFC 6455.");
        if (!SocketUpgrade.IsFromHere(context.Request))
            throw new ZaqarRefusal(StatusCodes.Status403Forbidden, "Not authorized", $"Pages of {context.Request.Headers.Origin} may not open sockets here.");
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop);
        await _open(socket).RunAsync(end.Token).ConfigureAwait(false);
    }
}
