namespace Mesh.Protocols.Resp.Tests.Commands;

public sealed class ClusterCommandTests() : ClusterCommandContract(RespServer.OpenAsync);
