namespace Mesh.Orleans.Rooms;

/// <summary>A process with listeners, as rooms know it.</summary>
/// <param name="Member">Takes messages for its listeners.</param>
/// <param name="Silo">The silo that it is, and dies with; null for a client, which may lose its silo and come back by another.</param>
[GenerateSerializer, Immutable]
public sealed record RoomProcess([property: Id(0)] IRoomMember Member, [property: Id(1)] SiloAddress? Silo);
