using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>A request whose headers and path keep the rules.</summary>
/// <param name="Context">The exchange.</param>
/// <param name="Route">What the path names.</param>
/// <param name="Project">The tenant; empty only for the list of versions.</param>
/// <param name="ClientId">Who asks; empty only for the list of versions.</param>
internal sealed record ZaqarRequest(HttpContext Context, ZaqarRoute Route, string Project, Guid ClientId)
{
    public HttpResponse Response => Context.Response;

    /// <summary>Signalled when the client has gone.</summary>
    public CancellationToken Aborted => Context.RequestAborted;

    public string QueueName => Route.Queue;

    public StreamName Stream => StreamName.Queue(Route.Queue, Project);

    public ZaqarQuery Query => new(Context.Request.QueryString.Value);
}
