using Mesh.Contracts.Tests.Storage;
using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Sqlite;
using Mesh.Testing;

namespace Mesh.Storage.AdoNet.Tests.Sqlite;

/// <summary>A SQLite database in a folder that goes with the fixture.</summary>
public sealed class SqliteFixture : ILogStoreFixture
{
    private readonly TempFolder _folder = new();

    public string Path => _folder.File("mesh.db");

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task<ILogStore> ILogStoreFixture.ConnectAsync() => await ConnectAsync();

    public async Task<SqliteLogStore> ConnectAsync()
    {
        var store = new SqliteLogStore(Path);
        await store.MigrateAsync();
        return store;
    }
}
