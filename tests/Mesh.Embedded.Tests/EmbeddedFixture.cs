using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;
using Mesh.Testing;

namespace Mesh.Embedded.Tests;

/// <summary>An embedded mesh over any store.</summary>
internal sealed class EmbeddedFixture : IMeshFixture
{
    private EmbeddedMesh _mesh = null!;

    private EmbeddedFixture(ILogStore store) => Store = new FaultyLogStore(store);

    public IMesh Mesh => _mesh;

    public ManualClock Clock { get; } = new();

    public FaultyLogStore Store { get; }

    public static async Task<IMeshFixture> StartAsync(ILogStore store)
    {
        var fixture = new EmbeddedFixture(store);
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
    }

    private async Task OpenAsync() => _mesh = await EmbeddedMesh.StartAsync(Store, clock: Clock);
}
