using Mesh.Protocols.Rotera.Tests;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests.Wire;

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RoteraPushes(OneGateway gateway) : PushContract(gateway.RoteraAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RoteraReads(OneGateway gateway) : ReadContract(gateway.RoteraAsync);
