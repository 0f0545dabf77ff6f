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
    private readonly CancellationTokenSource _stopping;
    private readonly int _timersOfTheHost;
    private readonly EmbeddedMesh _mesh;
    private readonly KestrelHost _host;

    private RseServer(EmbeddedMesh mesh, KestrelHost host, ManualClock clock, CancellationTokenSource stopping)
        : base(host.Address, host.Address, mesh)
    {
        _mesh = mesh;
        _host = host;
        _stopping = stopping;
        _timersOfTheHost = clock.ActiveTimers;
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
        var stopping = new CancellationTokenSource();
        return new RseServer(mesh, await HostAsync(mesh, options ?? new RseOptions(), clock, mode, stopping.Token), clock, stopping);
    }

    /// <summary>A host of the door over any mesh.</summary>
    public static Task<KestrelHost> HostAsync(IMesh mesh, RseOptions options, TimeProvider clock, RseMode mode = RseMode.Live, CancellationToken stopping = default)
    {
        var endpoint = new RseEndpoint(mesh, options with { Tokens = options.Tokens ?? Known }, clock, null, stopping);
        return KestrelHost.StartAsync(app =>
        {
            app.Map("/rse", below => below.Run(endpoint.For(mode)));
            app.Run(endpoint.For(mode));
        });
    }

    public override void BeforePost() => Clock.Advance(TimeSpan.FromMilliseconds(1));

    /// <summary>The host begins to stop.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    /// <summary>Returns when so many requests wait for events: each has a timer.</summary>
    public Task UntilWaitingAsync(int requests) => Clock.UntilTimersAsync(_timersOfTheHost + requests);

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _host.DisposeAsync();
        await _mesh.DisposeAsync();
        await base.DisposeAsync();
        _stopping.Dispose();
    }

    private sealed class OneToken(string token) : ITokenStore
    {
        public ValueTask<bool> HoldsAsync(string key, CancellationToken cancel = default) => new(key == token);
    }
}
