using Mesh.Testing.Doors;
using Mesh.Testing.Postgres;
using Xunit;
using Suites = Mesh.Protocols.Http.Tests.MeshV1;

namespace Mesh.Cluster.Tests.Wire;

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshHttpStreams(OneGateway gateway) : Suites.StreamContract(gateway.MeshHttpAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshHttpRecords(OneGateway gateway) : Suites.RecordContract(gateway.MeshHttpAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshHttpTails(OneGateway gateway) : Suites.TailContract(gateway.MeshHttpAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshHttpCloudEvents(OneGateway gateway) : Suites.CloudEventContract(gateway.MeshHttpAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class MeshHttpClaims(OneGateway gateway) : Suites.ClaimContract(gateway.MeshHttpAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class OneLogManyDoors(OneGateway gateway) : AllDoorsContract(gateway.AllDoorsAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class OneLogManyDoorsAtOnce(OneGateway gateway) : InterleavedDoorsContract(gateway.AllDoorsAsync, appends: 8);
