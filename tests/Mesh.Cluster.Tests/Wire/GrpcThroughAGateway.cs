using Mesh.Protocols.Grpc.Tests.Cases;
using Mesh.Protocols.Grpc.Tests.Clients;
using Mesh.Protocols.Grpc.Tests.Service;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests.Wire;

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcProtocol(OneGateway gateway) : ProtocolContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcPublishing(OneGateway gateway) : PublishContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcSubscribing(OneGateway gateway) : SubscribeContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcRules(OneGateway gateway) : RulesContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcClients(OneGateway gateway) : ClientContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcHealth(OneGateway gateway) : HealthContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcReflection(OneGateway gateway) : ReflectionContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcStarts(OneGateway gateway) : StartContract(gateway.GrpcAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class GrpcCases(OneGateway gateway) : CaseContract(async () => new DotNetClient((await gateway.GrpcAsync()).Address));
