using Mesh.Protocols.Resp.Tests.Clients;
using Mesh.Protocols.Resp.Tests.Commands;
using Mesh.Protocols.Resp.Tests.Parity;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests.Wire;

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespConnections(OneGateway gateway) : ConnectionCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespRooms(OneGateway gateway) : RoomCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespRoomHistories(OneGateway gateway) : RoomHistoryCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespRoomPresence(OneGateway gateway) : RoomPresenceContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespStreams(OneGateway gateway) : StreamCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespClients(OneGateway gateway) : ClientContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespRoomClients(OneGateway gateway) : RoomClientContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespBesideRedis(OneGateway gateway, RedisBeside redis) : RedisParityContract(gateway.RespAsync, redis);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespGroups(OneGateway gateway) : GroupCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespAddresses(OneGateway gateway) : AddressCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespStreamsBesideRedis(OneGateway gateway, RedisBeside redis) : StreamParityContract(gateway.RespAsync, redis);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespClientCommands(OneGateway gateway) : ClientCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespClusterCommands(OneGateway gateway) : ClusterCommandContract(gateway.RespAsync);

[Collection(OneGatewayCollection.Name), RequiresPostgres]
public sealed class RespTransactions(OneGateway gateway) : TransactionContract(gateway.RespAsync);
