namespace Mesh.Protocols.Http.Tests.MeshV1;

public sealed class StreamTests() : StreamContract(MeshServer.OpenAsync);

public sealed class RecordTests() : RecordContract(MeshServer.OpenAsync);
