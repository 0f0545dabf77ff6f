using Mesh.Testing;
using Mesh.Testing.Storage;
using Xunit;

namespace Mesh.Contracts.Tests;

/// <summary>A host under test: the mesh, the store below it, and the clock it goes by.</summary>
public interface IMeshFixture : IAsyncDisposable
{
    IMesh Mesh { get; }

    ManualClock Clock { get; }

    FaultyLogStore Store { get; }

    /// <summary>What pools may lead to.</summary>
    PoolSet Pools { get; }

    /// <summary>Ends the host and starts another one over the same store.</summary>
    Task RestartAsync();
}

/// <summary>Base of the suites that every host passes over every store.</summary>
public abstract class MeshContract : IAsyncLifetime
{
    private IMeshFixture _fixture = null!;

    protected IMesh Mesh => _fixture.Mesh;

    protected ManualClock Clock => _fixture.Clock;

    protected FaultyLogStore Store => _fixture.Store;

    protected PoolSet Pools => _fixture.Pools;

    public async Task InitializeAsync() => _fixture = await StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    /// <summary>Starts a host over an empty store.</summary>
    protected abstract Task<IMeshFixture> StartAsync();

    protected Task RestartAsync() => _fixture.RestartAsync();
}
