using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Mesh.Contracts.Tests.Storage;
using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Postgres;
using Mesh.Testing.Postgres;

namespace Mesh.Storage.AdoNet.Tests.Postgres;

/// <summary>A database on the server that all tests share: one for each file and line that asks, since names keep the tests of a class apart.</summary>
public sealed class PostgresFixture([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : ILogStoreFixture
{
    private static readonly ConcurrentDictionary<(string File, int Line), Lazy<Task<string>>> Databases = new();

    public Task<string> DatabaseAsync() =>
        Databases.GetOrAdd((file, line), _ => new Lazy<Task<string>>(PostgresServer.NewDatabaseAsync)).Value;

    public async Task<ILogStore> ConnectAsync() => await ConnectAsync(await DatabaseAsync());

    /// <summary>The database goes with its server.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static async Task<PostgresLogStore> ConnectAsync(string database)
    {
        var store = (PostgresLogStore)LogStores.Open(database);
        await store.MigrateAsync();
        return store;
    }
}
