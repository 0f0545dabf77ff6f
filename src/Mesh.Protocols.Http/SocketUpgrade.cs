using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Mesh.Protocols.Http;

/// <summary>Requests to upgrade to a WebSocket (RFC 6455), in a server that has no such middleware.</summary>
internal static class SocketUpgrade
{
    private static readonly IOptions<WebSocketOptions> Options = Microsoft.Extensions.Options.Options.Create(new WebSocketOptions());

    /// <summary>True for a request to upgrade.</summary>
    public static bool IsAsked(HttpRequest request) => request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>A browser would open a socket for any page, and nobody is authenticated: pages of other hosts are none that may.</summary>
    public static bool IsFromHere(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == request.Host.Value);
    }

    /// <param name="context">The request.</param>
    /// <param name="then">Sees whether it can be upgraded, and does so.</param>
    public static Task HandleAsync(HttpContext context, RequestDelegate then) => new WebSocketMiddleware(then, Options, NullLoggerFactory.Instance).Invoke(context);
}
