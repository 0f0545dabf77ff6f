using Mesh.Contracts.Tests;
using Mesh.Engine.Storage;

namespace Mesh.Embedded.Tests;

public sealed class StreamsInMemory : StreamContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class RingsInMemory : RingContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class RingHoldsInMemory : RingHoldContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class GroupsInMemory : GroupContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class ChannelsInMemory : ChannelContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class PartitionsInMemory : PartitionContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class TopicsInMemory : TopicsContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class RoomsInMemory : RoomContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class RoomHistoriesInMemory : RoomHistoryContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class NodesInMemory : NodeContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class QueuesInMemory : QueueContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class PoolsInMemory : PoolContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}

public sealed class SchedulesInMemory : ScheduleContract
{
    protected override Task<IMeshFixture> StartAsync() => EmbeddedFixture.StartAsync(new MemoryLogStore());
}
