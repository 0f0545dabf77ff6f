namespace Mesh;

/// <summary>Who listens in a room.</summary>
/// <param name="Id">The client's, as its process counts them.</param>
/// <param name="Name">What it calls itself; empty when it did not say.</param>
/// <param name="Address">Where it came from, which tells it from the clients of other processes.</param>
public sealed record RoomMember(long Id, string Name, string Address);
