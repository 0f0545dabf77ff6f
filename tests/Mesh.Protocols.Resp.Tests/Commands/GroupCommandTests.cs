namespace Mesh.Protocols.Resp.Tests.Commands;

public sealed class GroupCommandTests() : GroupCommandContract(RespServer.OpenAsync);
