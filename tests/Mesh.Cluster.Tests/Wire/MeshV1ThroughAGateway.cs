using Mesh.Protocols.Grpc.Tests.MeshV1;
using Mesh.Testing.Postgres;
using Xunit;
using ClientContract = Mesh.Client.Tests.ClientContract;

namespace Mesh.Cluster.Tests.Wire;

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1Append(OneGateway gateway) : AppendContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1AppendStream(OneGateway gateway) : AppendStreamContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1Read(OneGateway gateway) : ReadContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1Tail(OneGateway gateway) : TailContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1Streams(OneGateway gateway) : StreamContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1Claims(OneGateway gateway) : ClaimContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshClientOfDotNet(OneGateway gateway) : ClientContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1Groups(OneGateway gateway) : GroupContract(gateway.MeshV1Async);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshV1Schedules(OneGateway gateway) : ScheduleContract(gateway.MeshV1Async);
