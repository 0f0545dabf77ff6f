using Mesh.Storage.AdoNet.Sqlite;
using Mesh.Testing.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Mesh.Storage.AdoNet.Tests.Sqlite;

/// <summary>How a SQLite database comes to its schema.</summary>
public sealed class SqliteSchemaTests : IAsyncLifetime
{
    private readonly SqliteFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task Stores_that_start_at_once_migrate_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(_fixture.ConnectBesideOthersAsync)));
        var owner = await stores[0].OpenAsync();
        await stores[0].AppendAsync(owner, new BatchFeed().Batch());
        foreach (var store in stores) Assert.Equal([1], await store.FirstsAsync(owner));
        foreach (var store in stores) await store.DisposeAsync();
        Assert.Equal(1L, Scalar("select count(*) from schema_version"));
    }

    [Fact]
    public async Task The_schema_of_a_newer_program_is_refused_and_left_alone()
    {
        await (await _fixture.ConnectAsync()).DisposeAsync();
        Scalar("insert into schema_version (version) values (99)");
        await using var store = new SqliteLogStore(_fixture.Path);
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await store.MigrateAsync());
        Assert.Contains("schema version 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains(_fixture.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var text = string.Concat(Enumerable.Repeat("This is a letter. ", 100));
        await File.WriteAllTextAsync(_fixture.Path, text);
        await using var store = new SqliteLogStore(_fixture.Path);
        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(async () => await store.MigrateAsync());
        Assert.Contains("no SQLite database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(_fixture.Path));
    }

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_fixture.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
