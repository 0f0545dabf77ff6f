using Mesh.Protocols.Http.Tests.Rse;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests.Wire;

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RseMethods(OneGateway gateway) : MethodContract(gateway.RseAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RsePublishing(OneGateway gateway) : PublishContract(gateway.RseAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RseReading(OneGateway gateway) : ReadContract(gateway.RseAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RseChannelNames(OneGateway gateway) : ChannelNameContract(gateway.RseAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RseCurl(OneGateway gateway) : CurlContract(gateway.RseAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RseLive(OneGateway gateway) : LiveContract(gateway.RseAsync);
