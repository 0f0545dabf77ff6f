namespace Mesh.Protocols.Resp.Tests.Commands;

public sealed class TransactionTests() : TransactionContract(RespServer.OpenAsync);
