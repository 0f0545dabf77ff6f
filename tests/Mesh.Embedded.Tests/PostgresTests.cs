using Mesh.Contracts.Tests;
using Mesh.Storage.AdoNet;
using Mesh.Testing.Postgres;
using Mesh.Testing.Storage;

namespace Mesh.Embedded.Tests;

[RequiresPostgres]
public sealed class StreamsInPostgres : StreamContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class RingsInPostgres : RingContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class GroupsInPostgres : GroupContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class ChannelsInPostgres : ChannelContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class PartitionsInPostgres : PartitionContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class TopicsInPostgres : TopicsContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class QueuesInPostgres : QueueContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class PoolsInPostgres : PoolContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class SchedulesInPostgres : ScheduleContract
{
    protected override Task<IMeshFixture> StartAsync() => InPostgres.StartAsync();
}

/// <summary>A new database for each test, on the one server of this process; it goes with the server.</summary>
internal static class InPostgres
{
    public static async Task<IMeshFixture> StartAsync() => await EmbeddedFixture.StartAsync(
        LogStores.Open(await PostgresServer.NewDatabaseAsync()), pools: new PoolSet(PostgresServer.NewDatabaseAsync, LogStores.Open));
}
