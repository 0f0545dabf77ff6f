using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>The history of one room.</summary>
internal sealed class RoomLogHandle(StreamName name, IRoomLogGrain grain, HandleContext context) : GroupedHandle(name, grain, grain, context);
