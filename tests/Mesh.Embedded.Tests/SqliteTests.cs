using Mesh.Contracts.Tests;
using Mesh.Storage.AdoNet;

namespace Mesh.Embedded.Tests;

public sealed class StreamsInSqlite : StreamContract
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

/// <summary>A new SQLite database for each test, in a temporary folder that goes when the process ends.</summary>
internal static class InSqlite
{
    public static Task<IMeshFixture> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-embedded-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return EmbeddedFixture.StartAsync(LogStores.Open(Path.Combine(folder.FullName, "mesh.db")));
    }
}
