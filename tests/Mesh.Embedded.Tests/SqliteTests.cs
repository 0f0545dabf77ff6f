using Mesh.Contracts.Tests;
using Mesh.Storage.AdoNet;
using Mesh.Testing;
using Mesh.Testing.Storage;

namespace Mesh.Embedded.Tests;

public sealed class StreamsInSqlite : StreamContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class RingsInSqlite : RingContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class GroupsInSqlite : GroupContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class ChannelsInSqlite : ChannelContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class PartitionsInSqlite : PartitionContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class TopicsInSqlite : TopicsContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class RoomHistoriesInSqlite : RoomHistoryContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class QueuesInSqlite : QueueContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class PoolsInSqlite : PoolContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

public sealed class SchedulesInSqlite : ScheduleContract
{
    protected override Task<IMeshFixture> StartAsync() => InSqlite.StartAsync();
}

/// <summary>A new SQLite database for each test, in a folder that goes with it.</summary>
internal static class InSqlite
{
    public static Task<IMeshFixture> StartAsync()
    {
        var folder = new TempFolder();
        var pools = 0;
        return EmbeddedFixture.StartAsync(
            LogStores.Open(folder.File("mesh.db")), folder, new PoolSet(() => Task.FromResult(folder.File($"pool{Interlocked.Increment(ref pools)}.db")), LogStores.Open));
    }
}
