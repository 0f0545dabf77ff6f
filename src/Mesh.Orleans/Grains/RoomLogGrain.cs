using Mesh.Engine.Rooms;
using Mesh.Orleans.Rooms;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>The history of one room, mostly on the silo of the room's own grain, which is who calls it.</summary>
[Reentrant, PreferLocalPlacement]
internal sealed class RoomLogGrain(SiloEngine silo, RoomAudience audience)
    : GroupedGrain<RoomLog>(silo, StreamKind.Room, name => new RoomLog(name, silo.Context, audience)), IRoomLogGrain
{
    public async ValueTask<AppendAnswer> PublishAsync(AppendItem messages)
    {
        var answer = await AppendAsync(messages);
        await Actor.WhenHandedOutAsync();
        return answer;
    }

    /// <summary>Answered when the room's grain knows of it: what is published from then on is kept.</summary>
    public override async ValueTask<bool> CreateAsync(StreamOptions options, ReadOnlyMemory<byte> metadata)
    {
        var isNew = await base.CreateAsync(options, metadata);
        await audience.OnHistoryChangedAsync(Actor.Name);
        return isNew;
    }

    public override async ValueTask<bool> DeleteAsync()
    {
        var wasThere = await base.DeleteAsync();
        await audience.OnHistoryChangedAsync(Actor.Name);
        return wasThere;
    }
}
