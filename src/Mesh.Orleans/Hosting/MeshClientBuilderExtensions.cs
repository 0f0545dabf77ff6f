using Mesh.Orleans.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mesh.Orleans;

/// <summary>Gives clients of a cluster the mesh that its silos hold.</summary>
public static class MeshClientBuilderExtensions
{
    /// <summary>Registers <see cref="IMesh"/>; every call of it is a grain call.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Bounds.</param>
    public static IClientBuilder AddMesh(this IClientBuilder builder, Action<MeshClientOptions>? configure = null)
    {
        if (configure is not null) builder.Services.Configure(configure);
        builder.Services.AddMeshClient();
        builder.Services.AddSingleton<ILifecycleParticipant<IClusterClientLifecycle>, ClusterWatch>();
        builder.AddGatewayCountChangedHandler(services =>
        {
            var changes = services.GetRequiredService<ClusterChanges>();
            return (_, _) => changes.Announce();
        });
        return builder;
    }

    internal static void AddMeshClient(this IServiceCollection services)
    {
        services.AddOptions<MeshClientOptions>();
        services.TryAddSingleton<ClusterChanges>();
        services.TryAddSingleton<OrleansMesh>();
        services.TryAddSingleton<IMesh>(provider => provider.GetRequiredService<OrleansMesh>());
    }
}
