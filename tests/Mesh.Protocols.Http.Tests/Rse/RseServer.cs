using System.Text;
using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Rse;
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

    public static async Task<RseServer> StartAsync(RseOptions? options = null, ILogStore? store = null, ManualClock? clock = null)
    {
        clock ??= new ManualClock();
        var mesh = await EmbeddedMesh.StartAsync(store ?? new MemoryLogStore(), clock: clock);
        return new RseServer(mesh, await HostAsync(mesh, options ?? new RseOptions(), clock), clock);
    }

    /// <summary>A host of the door over any mesh.</summary>
    public static Task<KestrelHost> HostAsync(IMesh mesh, RseOptions options, TimeProvider clock)
    {
        var endpoint = new RseEndpoint(mesh, options, clock);
        return KestrelHost.StartAsync(app =>
        {
            app.Map("/rse", below => below.Run(endpoint.HandleAsync));
            app.Run(endpoint.HandleAsync);
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

    public async Task<Answer> SendAsync(HttpMethod method, string target, string? userAgent, byte[]? body = null)
    {
        var uri = new Uri($"{Address.GetLeftPart(UriPartial.Authority)}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, uri);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (userAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        using var response = await _client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        await _mesh.DisposeAsync();
    }
}
