using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Mesh.Orleans.Rooms;

/// <summary>One silo's copy of the audience, as <see cref="AudienceGrain"/> reaches it.</summary>
internal interface IAudienceService : IGrainService
{
    /// <returns>False when the copy is not the version before: then it needs the whole.</returns>
    ValueTask<bool> ApplyAsync(AudienceChange change, long version);

    ValueTask ReplaceAsync(Audience audience);

    ValueTask<Audience> CopyAsync();
}

/// <summary>Serves the copy.</summary>
internal sealed class AudienceService(GrainId id, global::Orleans.Runtime.Silo silo, ILoggerFactory logs, AudienceCopy copy) : GrainService(id, silo, logs), IAudienceService
{
    public ValueTask<bool> ApplyAsync(AudienceChange change, long version) => new(copy.TryApply(change, version));

    public ValueTask ReplaceAsync(Audience audience)
    {
        copy.Replace(audience);
        return default;
    }

    public ValueTask<Audience> CopyAsync() => new(copy.Current);
}

/// <summary>Finds the copy of a given silo.</summary>
internal sealed class AudienceServiceClient(IServiceProvider services) : GrainServiceClient<IAudienceService>(services)
{
    public IAudienceService Of(SiloAddress silo) => GetGrainService(silo);
}

/// <summary>The audience as this silo knows it. Thread-safe.</summary>
internal sealed class AudienceCopy(IServiceProvider services)
{
    private readonly Lock _change = new();
    private volatile Audience _current = Audience.Nobody;
    private Task? _first;

    public Audience Current => _current;

    /// <summary>Has a copy when it ends; before that the silo serves no room.</summary>
    public Task ReadyAsync()
    {
        lock (_change)
        {
            if (_first is null or { IsFaulted: true } or { IsCanceled: true }) _first = Task.Run(FetchAsync);
            return _first;
        }
    }

    public bool TryApply(AudienceChange change, long version)
    {
        lock (_change)
        {
            if (_current.Version >= version) return true;
            if (_current.Version != version - 1) return false;
            _current = _current.With(change);
            return true;
        }
    }

    public void Replace(Audience audience)
    {
        lock (_change)
        {
            if (audience.Version > _current.Version) _current = audience;
        }
    }

    private async Task FetchAsync()
    {
        var here = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        Replace(await services.GetRequiredService<IGrainFactory>().GetGrain<IAudienceGrain>(0).CopyAsync(here));
    }
}
