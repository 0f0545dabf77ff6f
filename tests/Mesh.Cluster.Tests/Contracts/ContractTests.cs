using Mesh.Contracts.Tests;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Cluster.Tests.Contracts;

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class StreamsOfProcesses(TestSilos silos) : StreamContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class RingsOfProcesses(TestSilos silos) : RingContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class RingHoldsOfProcesses(TestSilos silos) : RingHoldContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class GroupsOfProcesses(TestSilos silos) : GroupContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class ChannelsOfProcesses(TestSilos silos) : ChannelContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class PartitionsOfProcesses(TestSilos silos) : PartitionContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class TopicsOfProcesses(TestSilos silos) : TopicsContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class QueuesOfProcesses(TestSilos silos) : QueueContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class RoomsOfProcesses(TestSilos silos) : RoomContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class RoomHistoriesOfProcesses(TestSilos silos) : RoomHistoryContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class NodesOfProcesses(TestSilos silos) : NodeContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class PoolsOfProcesses(TestSilos silos) : PoolContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}

[RequiresPostgres, Collection(TestSilos.Collection)]
public sealed class SchedulesOfProcesses(TestSilos silos) : ScheduleContract
{
    protected override Task<IMeshFixture> StartAsync() => silos.TakeAsync();
}
