using System.Text;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE at a root and below <c>/rse</c> of another, whoever holds it.</summary>
/// <param name="address">The root.</param>
/// <param name="other">Where it is below <c>/rse</c>.</param>
/// <param name="mesh">What it leads to.</param>
public class RseDoor(Uri address, Uri other, IMesh mesh) : IAsyncDisposable
{
    /// <summary>User agent of the client that posts unless a test says otherwise.</summary>
    public const string A = "Panel/2.0 uuid/6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10";

    /// <summary>User agent of the client that reads unless a test says otherwise.</summary>
    public const string B = "Agent/1.0 uuid/0b9d5c1e-7a1f-4d8e-8f25-3f1a6f0c2d77";

    /// <summary>The one token that is valid; what the tests send unless they say otherwise.</summary>
    public const string Token = "s3cr3t";

    private readonly HttpClient _client = new();

    public IMesh Mesh { get; } = mesh;

    public Uri Address { get; } = address;

    /// <summary>The whole address of a path and query, which stay as they are.</summary>
    public string At(string target) => (target.StartsWith("/rse/", StringComparison.Ordinal) ? other : Address).GetLeftPart(UriPartial.Authority) + target;

    /// <param name="target">Path and query, sent as they are.</param>
    /// <param name="json">The event.</param>
    /// <param name="userAgent">Null sends none.</param>
    public Task<Answer> PostAsync(string target, string json, string? userAgent = A)
    {
        BeforePost();
        return SendAsync(HttpMethod.Post, target, userAgent, Encoding.UTF8.GetBytes(json));
    }

    /// <param name="target">Path and query, sent as they are.</param>
    /// <param name="userAgent">Null sends none.</param>
    public Task<Answer> GetAsync(string target, string? userAgent = B) => SendAsync(HttpMethod.Get, target, userAgent);

    /// <param name="method">Any.</param>
    /// <param name="target">Path and query, sent as they are.</param>
    /// <param name="userAgent">Null sends none.</param>
    /// <param name="body">Null sends none.</param>
    /// <param name="headers">Further ones; X-Auth-Token goes with its usual value unless it is named, and not at all when it is empty.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string target, string? userAgent, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await AskAsync(method, target, userAgent, body, headers);
        return await Answer.OfAsync(response);
    }

    /// <summary>As <see cref="SendAsync"/>, but the answer's body is still to be read.</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string target, string? userAgent, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, target, userAgent, body, headers);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public virtual ValueTask DisposeAsync()
    {
        _client.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Posts come one after the other: a clock that a test moves moves on.</summary>
    public virtual void BeforePost()
    {
    }

    private HttpRequestMessage Request(HttpMethod method, string target, string? userAgent, byte[]? body, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(At(target), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (userAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        foreach (var (name, value) in headers.Prepend(("X-Auth-Token", Token)))
        {
            request.Headers.Remove(name);
            if (value.Length > 0) request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
