using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet;
using Mesh.Testing.Postgres;

namespace Mesh.Orleans.Tests;

public sealed class StreamsInACluster : StreamContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class RingsInACluster : RingContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class RingHoldsInACluster : RingHoldContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class GroupsInACluster : GroupContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class ChannelsInACluster : ChannelContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class PartitionsInACluster : PartitionContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class TopicsInACluster : TopicsContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class QueuesInACluster : QueueContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class RoomsInACluster : RoomContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class RoomHistoriesInACluster : RoomHistoryContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class NodesInACluster : NodeContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class PoolsInACluster : PoolContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class SchedulesInACluster : ScheduleContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

[RequiresPostgres]
public sealed class StreamsInAClusterOnPostgres : StreamContract
{
    protected override Task<IMeshFixture> StartAsync() => OnPostgres.StartAsync();
}

[RequiresPostgres]
public sealed class QueuesInAClusterOnPostgres : QueueContract
{
    protected override Task<IMeshFixture> StartAsync() => OnPostgres.StartAsync();
}

/// <summary>A new database for each test, shared by the silos, on the one server of this process.</summary>
internal static class OnPostgres
{
    public static async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(LogStores.Open(await PostgresServer.NewDatabaseAsync()));
}
