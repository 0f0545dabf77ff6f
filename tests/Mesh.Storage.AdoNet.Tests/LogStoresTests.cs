using Mesh.Storage.AdoNet.Postgres;
using Mesh.Storage.AdoNet.Sqlite;
using Mesh.Testing;
using Npgsql;
using Xunit;

namespace Mesh.Storage.AdoNet.Tests;

/// <summary>From the data setting to a store.</summary>
public sealed class LogStoresTests
{
    [Fact]
    public async Task A_path_is_a_SQLite_database_whose_missing_folders_are_made()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "a", "b", "mesh.db");
        await using var store = Assert.IsType<SqliteLogStore>(LogStores.Open(path));
        Assert.False(File.Exists(path));
        await store.MigrateAsync();
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData("Host=db;Database=mesh")]
    [InlineData("username=x;host=db")]
    [InlineData("postgres://db/mesh")]
    [InlineData("postgresql://user:secret@db:5433/mesh?sslmode=require")]
    public async Task A_connection_string_or_URI_is_a_PostgreSQL_database(string data)
    {
        await using var store = LogStores.Open(data);
        Assert.IsType<PostgresLogStore>(store);
    }

    [Fact]
    public void Every_part_of_a_URI_is_read()
    {
        var text = new NpgsqlConnectionStringBuilder(PostgresConnectionText.Parse("postgresql://me%40home:p%3Aw@db.example:5433/my%20data?sslmode=require&application_name=shop"));
        Assert.Equal(("db.example", 5433, "my data"), (text.Host!, text.Port, text.Database!));
        Assert.Equal(("me@home", "p:w"), (text.Username!, text.Password!));
        Assert.Equal((SslMode.Require, "shop"), (text.SslMode, text.ApplicationName!));
    }

    [Fact]
    public void Options_of_the_user_are_kept_beside_ours()
    {
        var text = new NpgsqlConnectionStringBuilder(PostgresConnectionText.Parse("Host=db;Options=-c work_mem=8MB"));
        Assert.StartsWith("-c work_mem=8MB -c synchronous_commit=on", text.Options, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("  ", "empty")]
    [InlineData(":memory:", "no file")]
    [InlineData("/", "no file")]
    [InlineData("Host=db;Prot=5", "Prot")]
    [InlineData("Host=db;Port=many", "Port")]
    [InlineData("postgres://db/mesh?colour=red", "colour")]
    public void What_names_no_database_is_refused_with_the_reason(string data, string reason)
    {
        var refused = Assert.Throws<ArgumentException>(() => LogStores.Open(data));
        Assert.Contains(reason, refused.Message, StringComparison.OrdinalIgnoreCase);
    }
}
