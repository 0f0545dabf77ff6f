namespace Mesh.Protocols.Resp.Tests.Commands;

/// <summary>Who is in a room, over an embedded mesh.</summary>
public sealed class RoomPresenceTests() : RoomPresenceContract(RespServer.OpenAsync);
