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

    async Task<ILogStore> ILogStoreFixture.ConnectAsync() => await ConnectBesideOthersAsync();

    public Task<SqliteLogStore> ConnectAsync() => ConnectAsync(new SqliteLogStore(Path));

    /// <summary>A store that others may keep waiting for a minute, by commits of theirs to a disk that is slow.</summary>
    public Task<SqliteLogStore> ConnectBesideOthersAsync() => ConnectAsync(new SqliteLogStore(Path) { LockedMax = TimeSpan.FromSeconds(60) });

    private static async Task<SqliteLogStore> ConnectAsync(SqliteLogStore store)
    {
        await store.MigrateAsync();
        return store;
    }
}
