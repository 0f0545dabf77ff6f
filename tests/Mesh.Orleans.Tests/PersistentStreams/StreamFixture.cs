using Mesh.Engine.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.Streams;
using Xunit;

namespace Mesh.Orleans.Tests.PersistentStreams;

/// <summary>Two silos with Mesh's stream provider, one store and one database for the subscriptions.</summary>
public sealed class StreamFixture : IAsyncLifetime
{
    public const string Provider = "persistent";

    /// <summary>Small, so that a rewind leaves it.</summary>
    private const int WindowBytesMax = 64 * 1024;

    internal ClusterFixture Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var storage = new SharedGrainStorage();
        Cluster = await ClusterFixture.StartAsync(new MemoryLogStore(), configureSilo: silo =>
        {
            silo.AddMeshPersistentStreams(Provider, Configure);
            silo.Services.AddKeyedSingleton<IGrainStorage>("PubSubStore", (services, _) => storage.For(services.GetRequiredService<Serializer>()));
        }, configureClient: client => client.AddMeshPersistentStreams(Provider, Configure));
    }

    /// <summary>As <see cref="InitializeAsync"/>, with a database for everything.</summary>
    public async Task InitializeOnPostgresAsync() => Cluster = await OrleansOnPostgres.StartAsync(
        configureSilo: silo => silo.AddMeshPersistentStreams(Provider, Configure), configureClient: client => client.AddMeshPersistentStreams(Provider, Configure));

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>A stream as the client sees it; without a name, one that no other test has.</summary>
    public IAsyncStream<string> Stream(string space = "test", string? key = null) =>
        Cluster.Cluster.Client.GetStreamProvider(Provider).GetStream<string>(StreamId.Create(space, key ?? Guid.NewGuid().ToString("N")));

    private static void Configure(MeshPersistentStreamOptions options)
    {
        options.Partitions = 4;
        options.WindowBytesMax = WindowBytesMax;
        options.CheckpointInterval = TimeSpan.FromMilliseconds(500);
    }
}
