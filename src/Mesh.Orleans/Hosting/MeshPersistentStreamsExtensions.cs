using Mesh.Orleans.PersistentStreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Mesh.Orleans;

/// <summary>
/// Orleans' persistent streams over Mesh: durable events, rewindable by sequence and by time (<see cref="MeshStreamToken"/>), with Orleans' own durable
/// subscriptions, explicit and implicit, which outlive activations and silos.
/// </summary>
public static class MeshPersistentStreamsExtensions
{
    /// <summary>The silo publishes, and reads its share of the partitions for the consumers. Call AddMesh too, and add a grain storage "PubSubStore" for the subscriptions.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The provider's name, the same on silos and clients.</param>
    /// <param name="configure">What is kept, and bounds.</param>
    /// <param name="configureStreams">Orleans' own settings: agents, balancing, subscriptions.</param>
    public static ISiloBuilder AddMeshPersistentStreams(
        this ISiloBuilder builder, string name, Action<MeshPersistentStreamOptions>? configure = null, Action<ISiloPersistentStreamConfigurator>? configureStreams = null)
    {
        builder.Services.AddStreamOptions(name, configure);
        var streams = new SiloPersistentStreamConfigurator(name, services => builder.ConfigureServices(services), MeshQueueAdapter.Create);
        configureStreams?.Invoke(streams);
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new SubscriptionWatch(
            name,
            (MeshQueueAdapter)services.GetRequiredKeyedService<IQueueAdapterFactory>(name),
            services.GetRequiredService<ILocalSiloDetails>(),
            services.GetRequiredService<ILogger<SubscriptionWatch>>()));
        return builder;
    }

    /// <summary>The client publishes and subscribes. Call AddMesh too.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="name">The provider's name, the same on silos and clients.</param>
    /// <param name="configure">As on the silos.</param>
    /// <param name="configureStreams">Orleans' own settings.</param>
    public static IClientBuilder AddMeshPersistentStreams(
        this IClientBuilder builder, string name, Action<MeshPersistentStreamOptions>? configure = null, Action<IClusterClientPersistentStreamConfigurator>? configureStreams = null)
    {
        builder.Services.AddStreamOptions(name, configure);
        var streams = new ClusterClientPersistentStreamConfigurator(name, builder, MeshQueueAdapter.Create);
        configureStreams?.Invoke(streams);
        return builder;
    }

    private static void AddStreamOptions(this IServiceCollection services, string name, Action<MeshPersistentStreamOptions>? configure)
    {
        var options = services.AddOptions<MeshPersistentStreamOptions>(name);
        if (configure is not null) options.Configure(configure);
    }
}
