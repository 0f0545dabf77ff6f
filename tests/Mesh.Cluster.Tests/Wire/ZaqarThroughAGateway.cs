using Mesh.Protocols.Http.Tests.Zaqar;
using Mesh.Protocols.Http.Tests.Zaqar.Conformance;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests.Wire;

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarAddresses(OneGateway gateway) : AddressContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarClaims(OneGateway gateway) : ClaimContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarDelivery(OneGateway gateway) : DeliveryContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarHome(OneGateway gateway) : HomeContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarMessages(OneGateway gateway) : MessageContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarPythonClient(OneGateway gateway) : PythonClientContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarQueueMetadata(OneGateway gateway) : QueueMetadataContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarQueues(OneGateway gateway) : QueueContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarRequestRules(OneGateway gateway) : RequestRuleContract(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingClaim(OneGateway gateway) : ClaimCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingHeader(OneGateway gateway) : HeaderCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingMessage(OneGateway gateway) : MessageCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingMetadata(OneGateway gateway) : MetadataCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingQueue(OneGateway gateway) : QueueCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingService(OneGateway gateway) : ServiceCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingSigning(OneGateway gateway) : SigningCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingSocket(OneGateway gateway) : SocketCases(gateway.ZaqarAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class ZaqarConformingSubscription(OneGateway gateway) : SubscriptionCases(gateway.ZaqarAsync);
