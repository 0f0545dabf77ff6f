namespace Mesh.Orleans.Rooms;

/// <summary>One message on its way to a room, marked so that whoever gets it twice knows it.</summary>
/// <param name="Sender">The process that publishes.</param>
/// <param name="Number">Rises from message to message of a sender.</param>
/// <param name="Payload">The message.</param>
[GenerateSerializer, Immutable]
public readonly record struct RoomPost([property: Id(0)] ulong Sender, [property: Id(1)] long Number, [property: Id(2)] ReadOnlyMemory<byte> Payload);
