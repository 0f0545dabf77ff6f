using Mesh.Protocols.Http.Zaqar.Addresses;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>A request whose headers and path keep the rules.</summary>
/// <param name="Context">The exchange.</param>
/// <param name="Route">What the path names.</param>
/// <param name="Project">The tenant; empty where the version lets it be missing, and for the list of versions.</param>
/// <param name="ClientId">Who asks, in one spelling; empty where the version lets it be missing, and for the list of versions.</param>
internal sealed record ZaqarRequest(HttpContext Context, ZaqarRoute Route, string Project, string ClientId)
{
    /// <summary>What the path names by its address where a queue's name would stand; null for a queue.</summary>
    public AddressedQueue? Addressed { get; init; }

    public HttpResponse Response => Context.Response;

    public ApiVersion Version => Route.Version;

    public ZaqarPaths Paths => Route.Version.Paths;

    /// <summary>Signalled when the client has gone.</summary>
    public CancellationToken Aborted => Context.RequestAborted;

    public string QueueName => Route.Queue;

    public StreamName Stream => Addressed?.Stream.Stream ?? StreamName.Queue(Route.Queue, Project);

    /// <summary>Where its messages are.</summary>
    public IQueue QueueIn(IMesh mesh) => Addressed ?? mesh.Queue(Stream);

    public ZaqarQuery Query => new(Context.Request.QueryString.Value);

    /// <summary>Says in the answer where that which it shows is, in versions that do.</summary>
    public void NameLocation()
    {
        if (Version.AnswersNameTheirLocation) Response.Headers.ContentLocation = $"{Context.Request.Path.ToUriComponent()}{Context.Request.QueryString.ToUriComponent()}";
    }

    /// <exception cref="ZaqarRefusal">The version needs to know who asks, and the client does not say.</exception>
    public void RequireClientId()
    {
        if (ClientId.Length == 0) throw RequestRules.NoClientId();
    }
}
