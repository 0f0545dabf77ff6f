namespace Mesh.Protocols.Resp.Tests.Clients;

public sealed class RoomClientTests() : RoomClientContract(RespServer.OpenAsync);
