using Mesh.Engine.Storage;
using Mesh.Orleans.Rooms;
using Mesh.Orleans.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mesh.Orleans;

/// <summary>Makes a silo hold streams.</summary>
public static class MeshSiloBuilderExtensions
{
    /// <summary>
    /// The silo takes its share of the cluster's streams, and gives <see cref="IMesh"/> to what runs beside it. The store's schema is brought up to date
    /// when the silo starts; if that fails, so does the start, with the store's reason.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="store">Makes the one store that all silos share. It goes with the silo's services.</param>
    /// <param name="configure">Bounds.</param>
    public static ISiloBuilder AddMesh(this ISiloBuilder builder, Func<IServiceProvider, ILogStore> store, Action<MeshSiloOptions>? configure = null)
    {
        builder.Services.AddSingleton(store);
        return builder.AddEngine(configure);
    }

    /// <summary>As the other, with a store that stays its owner's, to be disposed of after the silo.</summary>
    public static ISiloBuilder AddMesh(this ISiloBuilder builder, ILogStore store, Action<MeshSiloOptions>? configure = null)
    {
        builder.Services.AddSingleton(store);
        return builder.AddEngine(configure);
    }

    private static ISiloBuilder AddEngine(this ISiloBuilder builder, Action<MeshSiloOptions>? configure)
    {
        builder.Services.AddOptions<MeshSiloOptions>();
        if (configure is not null) builder.Services.Configure(configure);
        builder.Services.TryAddSingleton<SiloEngine>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloEngine>());
        builder.Services.TryAddSingleton<SiloWatch>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloWatch>());
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DeactivationWatch>();
        builder.Services.TryAddSingleton<RoomReach>();
        builder.Services.TryAddSingleton<RoomAudience>();
        builder.Services.TryAddSingleton<AudienceCopy>();
        builder.Services.TryAddSingleton<AudienceServiceClient>();
        builder.AddGrainService<AudienceService>();
        builder.Services.AddMeshClient();
        return builder;
    }
}
