namespace Mesh.Protocols.Resp.Tests.Commands;

public sealed class AddressCommandTests() : AddressCommandContract(RespServer.OpenAsync);
