using Mesh.Embedded;
using Mesh.Engine.Storage;
using Mesh.Protocols.Http.Rse;
using Mesh.Protocols.Http.Rse.Tokens;
using Mesh.Testing;
using Mesh.Testing.Http;
using Microsoft.AspNetCore.Builder;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE over a mesh in memory, at the root and below <c>/rse</c>, with a clock that moves a millisecond a post.</summary>
internal sealed class RseServer : RseDoor
{
    private static readonly OneToken Known = new(Token);
    private readonly EmbeddedMesh _mesh;
    private readonly KestrelHost _host;

    private RseServer(EmbeddedMesh mesh, KestrelHost host, ManualClock clock)
        : base(host.Address, host.Address, mesh)
    {
        _mesh = mesh;
        _host = host;
        Clock = clock;
    }

    public ManualClock Clock { get; }

    public static async Task<RseDoor> OpenAsync() => await StartAsync();

    /// <param name="options">Without tokens, <see cref="RseDoor.Token"/> is valid.</param>
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

    public override void BeforePost() => Clock.Advance(TimeSpan.FromMilliseconds(1));

    public override async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _mesh.DisposeAsync();
        await base.DisposeAsync();
    }

    private sealed class OneToken(string token) : ITokenStore
    {
        public ValueTask<bool> HoldsAsync(string key, CancellationToken cancel = default) => new(key == token);
    }
}
