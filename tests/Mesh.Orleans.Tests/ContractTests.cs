using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;

namespace Mesh.Orleans.Tests;

public sealed class StreamsInACluster : StreamContract
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

public sealed class QueuesInACluster : QueueContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}

public sealed class RoomsInACluster : RoomContract
{
    protected override async Task<IMeshFixture> StartAsync() => await ClusterFixture.StartAsync(new MemoryLogStore());
}
