using Mesh.Engine.Rooms;
using Mesh.Orleans.Rooms;
using Mesh.Orleans.Silo;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>The history of one room, mostly on the silo of the room's own grain, which is who calls it.</summary>
[Reentrant, PreferLocalPlacement]
internal sealed class RoomLogGrain(SiloEngine silo, RoomAudience audience)
    : GroupedGrain<RoomLog>(silo, StreamKind.Room, name => new RoomLog(name, silo.Context, audience)), IRoomLogGrain;
