namespace Mesh.Protocols.Resp.Tests.Commands;

public sealed class ClientCommandTests() : ClientCommandContract(RespServer.OpenAsync);
