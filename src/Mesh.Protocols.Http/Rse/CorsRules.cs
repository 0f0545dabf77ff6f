using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Mesh.Protocols.Http.Rse;

/// <summary>Which pages of other origins may ask from within a browser (WHATWG Fetch, section 3.3). Thread-safe.</summary>
internal sealed class CorsRules(IReadOnlyList<string> origins)
{
    public const string AnyOrigin = "*";

    private const string Methods = "GET, POST";
    private const string RequestHeaders = "X-Auth-Token, X-User-Agent, User-Agent, X-RSE-Version, Content-Type, Idempotency-Key, Last-Event-ID";
    private const string ResponseHeaders = $"{RseAnswers.EventIdHeader}, Retry-After";
    private const string KeepSeconds = "600";

    private readonly bool _any = origins.Contains(AnyOrigin);

    /// <summary>Marks the answer for the page's origin, and answers a browser that asks beforehand.</summary>
    /// <returns>True when that was all.</returns>
    public bool TryAnswer(HttpContext context)
    {
        if (origins.Count == 0) return false;
        var (request, headers) = (context.Request, context.Response.Headers);
        if (!_any) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || !(_any || origins.Contains(origin, StringComparer.OrdinalIgnoreCase))) return false;
        headers.AccessControlAllowOrigin = _any ? AnyOrigin : origin;
        if (!HttpMethods.IsOptions(request.Method) || request.Headers.AccessControlRequestMethod.Count == 0)
        {
            headers.AccessControlExposeHeaders = ResponseHeaders;
            return false;
        }

        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = RequestHeaders;
        headers.AccessControlMaxAge = KeepSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
