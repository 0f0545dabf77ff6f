using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;
using Mesh.Testing;
using Mesh.Testing.Storage;

namespace Mesh.Embedded.Tests;

/// <summary>An embedded mesh over any store.</summary>
internal sealed class EmbeddedFixture : IMeshFixture
{
    private EmbeddedMesh _mesh = null!;

    private readonly IDisposable? _data;

    private EmbeddedFixture(ILogStore store, IDisposable? data, PoolSet pools)
    {
        Pools = pools;
        Store = new FaultyLogStore(store);
        _data = data;
    }

    public IMesh Mesh => _mesh;

    public ManualClock Clock { get; } = new();

    public FaultyLogStore Store { get; }

    public PoolSet Pools { get; }

    /// <param name="store">Goes with the fixture.</param>
    /// <param name="data">Where the store keeps what it keeps; goes after it.</param>
    /// <param name="pools">What pools may lead to; null keeps them in memory.</param>
    public static async Task<IMeshFixture> StartAsync(ILogStore store, IDisposable? data = null, PoolSet? pools = null)
    {
        var fixture = new EmbeddedFixture(store, data, pools ?? PoolSet.InMemory());
        await fixture.OpenAsync();
        return fixture;
    }

    public async Task RestartAsync()
    {
        await _mesh.DisposeAsync();
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await Store.DisposeAsync();
        _data?.Dispose();
    }

    private async Task OpenAsync() => _mesh = await EmbeddedMesh.StartAsync(Store, new EmbeddedMeshOptions { OpenPool = Pools.Open }, Clock);
}
