using Mesh.Contracts.Tests.Storage;
using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Sqlite;

namespace Mesh.Storage.AdoNet.Tests.Sqlite;

/// <summary>A SQLite database in a temporary folder, which goes when the process ends.</summary>
public sealed class SqliteFixture : ILogStoreFixture
{
    public SqliteFixture()
    {
        var folder = Directory.CreateTempSubdirectory("mesh-sqlite-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        Path = System.IO.Path.Combine(folder.FullName, "mesh.db");
    }

    public string Path { get; }

    async Task<ILogStore> ILogStoreFixture.ConnectAsync() => await ConnectAsync();

    public async Task<SqliteLogStore> ConnectAsync()
    {
        var store = new SqliteLogStore(Path);
        await store.MigrateAsync();
        return store;
    }
}
