using Mesh.Protocols.Grpc.Tests.Service;

namespace Mesh.Protocols.Grpc.Tests.MeshV1;

public sealed class AppendTests() : AppendContract(GrpcHost.OpenAsync);

public sealed class AppendStreamTests() : AppendStreamContract(GrpcHost.OpenAsync);

public sealed class ReadTests() : ReadContract(GrpcHost.OpenAsync);

public sealed class TailTests() : TailContract(GrpcHost.OpenAsync);

public sealed class StreamTests() : StreamContract(GrpcHost.OpenAsync);

public sealed class ClaimTests() : ClaimContract(GrpcHost.OpenAsync);

public sealed class GroupTests() : GroupContract(GrpcHost.OpenAsync);

public sealed class ScheduleTests() : ScheduleContract(GrpcHost.OpenAsync);
