using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>Two silos and two gateways that the tests of a class share.</summary>
public sealed class TwoByTwo : IAsyncLifetime
{
    internal Cluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (RequiresPostgresAttribute.Missing is null) Cluster = await Cluster.OpenAsync(Mortal.Nobody);
    }

    public async Task DisposeAsync()
    {
        if (Cluster is not null) await Cluster.DisposeAsync();
    }
}
