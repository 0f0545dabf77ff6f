namespace Mesh.Protocols.Resp.Tests.Clients;

public sealed class ClientTests() : ClientContract(RespServer.OpenAsync);
