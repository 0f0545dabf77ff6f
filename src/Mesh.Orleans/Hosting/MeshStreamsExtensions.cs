using Mesh.Orleans.Streams;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Mesh.Orleans;

/// <summary>Gives grains and clients Orleans streams that are kept in Mesh.</summary>
public static class MeshStreamsExtensions
{
    /// <summary>Registers a stream provider over the cluster's partitions; call AddMesh too.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The provider's name, for <c>GetStreamProvider</c>.</param>
    /// <param name="project">The tenant that the streams belong to.</param>
    public static ISiloBuilder AddMeshStreams(this ISiloBuilder builder, string name, string project = StreamName.DefaultProject)
    {
        builder.Services.AddProvider(name, project);
        return builder;
    }

    /// <summary>As for a silo.</summary>
    public static IClientBuilder AddMeshStreams(this IClientBuilder builder, string name, string project = StreamName.DefaultProject)
    {
        builder.Services.AddProvider(name, project);
        return builder;
    }

    private static void AddProvider(this IServiceCollection services, string name, string project) =>
        services.AddKeyedSingleton<IStreamProvider>(name, (provider, _) => new MeshStreamProvider(name, project, provider));
}
