using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Rse;
using Mesh.Protocols.Http.Rse.Tokens;
using Mesh.Testing;
using Mesh.Testing.Http;
using Microsoft.AspNetCore.Builder;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE over a mesh in memory, at the root and below <c>/rse</c>, with a clock that moves a millisecond a post.</summary>
internal sealed class RseServer : IAsyncDisposable
{
    /// <summary>User agent of the client that posts unless a test says otherwise.</summary>
    public const string A = "Panel/2.0 uuid/6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10";

    /// <summary>User agent of the client that reads unless a test says otherwise.</summary>
    public const string B = "Agent/1.0 uuid/0b9d5c1e-7a1f-4d8e-8f25-3f1a6f0c2d77";

    /// <summary>The one token that is valid; what the tests send unless they say otherwise.</summary>
    public const string Token = "s3cr3t";

    private static readonly OneToken Known = new(Token);
    private readonly HttpClient _client;
    private readonly EmbeddedMesh _mesh;
    private readonly KestrelHost _host;

    private RseServer(EmbeddedMesh mesh, KestrelHost host, ManualClock clock)
    {
        _mesh = mesh;
        _host = host;
        Clock = clock;
        _client = new HttpClient { BaseAddress = host.Address };
    }

    public ManualClock Clock { get; }

    public IMesh Mesh => _mesh;

    public Uri Address => _host.Address;

    /// <param name="options">Without tokens, <see cref="Token"/> is valid.</param>
    /// <param name="store">Keeps the events.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="mode">How strict both listeners are.</param>
    public static async Task<RseServer> StartAsync(RseOptions? options = null, ILogStore? store = null, ManualClock? clock = null, RseMode mode = RseMode.Live)
    {
        clock ??= new ManualClock();
        var mesh = await EmbeddedMesh.StartAsync(store ?? new MemoryLogStore(), clock: clock);
        return new RseServer(mesh, await HostAsync(mesh, options ?? new RseOptions(), clock, mode), clock);
    }

    /// <summary>A host of the door over any mesh.</summary>
    public static Task<KestrelHost> HostAsync(IMesh mesh, RseOptions options, TimeProvider clock, RseMode mode = RseMode.Live)
    {
        var endpoint = new RseEndpoint(mesh, options with { Tokens = options.Tokens ?? Known }, clock);
        return KestrelHost.StartAsync(app =>
        {
            app.Map("/rse", below => below.Run(endpoint.For(mode)));
            app.Run(endpoint.For(mode));
        });
    }

    /// <param name="target">Path and query, sent as they are.</param>
    /// <param name="json">The event.</param>
    /// <param name="userAgent">Null sends none.</param>
    public async Task<Answer> PostAsync(string target, string json, string? userAgent = A)
    {
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        return await SendAsync(HttpMethod.Post, target, userAgent, Encoding.UTF8.GetBytes(json));
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
        using var response = await OpenAsync(method, target, userAgent, body, headers);
        return await Answer.OfAsync(response);
    }

    /// <summary>As <see cref="SendAsync"/>, but the answer's body is still to be read.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string target, string? userAgent, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, target, userAgent, body, headers);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private HttpRequestMessage Request(HttpMethod method, string target, string? userAgent, byte[]? body, (string Name, string Value)[] headers)
    {
        var uri = new Uri($"{Address.GetLeftPart(UriPartial.Authority)}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(method, uri);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (userAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        foreach (var (name, value) in headers.Prepend(("X-Auth-Token", Token)))
        {
            request.Headers.Remove(name);
            if (value.Length > 0) request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        await _mesh.DisposeAsync();
    }

    private sealed class OneToken(string token) : ITokenStore
    {
        public ValueTask<bool> HoldsAsync(string key, CancellationToken cancel = default) => new(key == token);
    }
}
