namespace Mesh.Protocols.Http.Tests.MeshV1;

public sealed class StreamTests() : StreamContract(MeshServer.OpenAsync);

public sealed class RecordTests() : RecordContract(MeshServer.OpenAsync);

public sealed class TailTests() : TailContract(MeshServer.OpenAsync);

public sealed class CloudEventTests() : CloudEventContract(MeshServer.OpenAsync);

public sealed class ClaimTests() : ClaimContract(MeshServer.OpenAsync);

public sealed class ScheduledTests() : ScheduledContract(MeshServer.OpenAsync);
