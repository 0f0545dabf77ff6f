using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;
using Mesh.Testing;

namespace Mesh.Embedded.Tests;

/// <summary>An embedded mesh over any store.</summary>
internal sealed class EmbeddedFixture : IMeshFixture
{
    private EmbeddedMesh _mesh = null!;

    private readonly IDisposable? _data;

    private EmbeddedFixture(ILogStore store, IDisposable? data)
    {
        Store = new FaultyLogStore(store);
        _data = data;
    }

    public IMesh Mesh => _mesh;

    public ManualClock Clock { get; } = new();

    public FaultyLogStore Store { get; }

    /// <param name="store">Goes with the fixture.</param>
    /// <param name="data">Where the store keeps what it keeps; goes after it.</param>
    public static async Task<IMeshFixture> StartAsync(ILogStore store, IDisposable? data = null)
    {
        var fixture = new EmbeddedFixture(store, data);
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

    private async Task OpenAsync() => _mesh = await EmbeddedMesh.StartAsync(Store, clock: Clock);
}
