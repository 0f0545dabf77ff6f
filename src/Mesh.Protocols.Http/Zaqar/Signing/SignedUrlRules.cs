using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Signing;

/// <summary>Checks requests that come with a signature, before everything else (Zaqar specification, sections 1.1 and 1.12). Thread-safe.</summary>
internal sealed class SignedUrlRules(SigningSecret secret, TimeProvider clock)
{
    public const string SignatureHeader = "URL-Signature";
    public const string ExpiresHeader = "URL-Expires";
    public const string MethodsHeader = "URL-Methods";
    public const string PathsHeader = "URL-Paths";

    /// <summary>True for a request with a signature, be it an empty one.</summary>
    public static bool IsSigned(HttpContext context) => context.Request.Headers.ContainsKey(SignatureHeader);

    /// <exception cref="ZaqarRefusal">The signature does not allow this request; whatever is wrong, it is not found.</exception>
    public async ValueTask CheckAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var allowed = new UrlSignature(
            headers[PathsHeader].ToString(), headers[MethodsHeader].ToString(), headers[RequestRules.ProjectHeader].ToString(), headers[ExpiresHeader].ToString());
        var key = await secret.GetAsync(context.RequestAborted).ConfigureAwait(false);
        var isSigned = allowed.IsSignedBy(headers[SignatureHeader].ToString(), key);
        if (!isSigned || !Allows(allowed, context.Request.Method, context.Request.Path.Value ?? "") || HasExpired(allowed))
            throw ZaqarRefusal.NotFound("There is nothing here for this signature.");
    }

    private static bool Allows(UrlSignature allowed, string method, string path) =>
        Array.Exists(allowed.Methods.Split(','), each => each == method)
        && Array.Exists(allowed.Paths.Split(','), each => each.Length > 0 && (path == each || path.StartsWith($"{each}/", StringComparison.Ordinal)));

    private bool HasExpired(UrlSignature allowed) => !UrlSignature.TryParseTime(allowed.Expires, out var expires) || expires <= clock.GetUtcNow();
}
