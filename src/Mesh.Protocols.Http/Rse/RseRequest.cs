using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse;

/// <summary>A request that names a channel, from a client that was let in.</summary>
/// <param name="Context">The request as the server has it.</param>
/// <param name="Mode">How strict its listener is.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Query">The parameters.</param>
internal readonly record struct RseRequest(HttpContext Context, RseMode Mode, ChannelPath Channel, RseQuery Query)
{
    private const string UserAgentOfPages = "X-User-Agent";

    /// <summary>The whole User-Agent header; empty when there is none. A page in a browser, which may not set it, sends X-User-Agent instead.</summary>
    public string UserAgent => Context.Request.Headers.TryGetValue(UserAgentOfPages, out var ofPage) ? ofPage.ToString() : Context.Request.Headers.UserAgent.ToString();

    public CancellationToken Aborted => Context.RequestAborted;
}
