using Npgsql;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>Brings the schema of a database up to date in one transaction; other processes that try wait until it is done.</summary>
internal static class PostgresMigrator
{
    private static readonly IReadOnlyList<Migration> Known = SqlText.Migrations("Postgres");

    /// <returns>The version that the schema then has.</returns>
    public static async Task<int> MigrateAsync(NpgsqlConnection connection, PostgresDatabase database, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RunAsync(connection, PostgresCommands.Text("lock_schema"), cancel);
        await RunAsync(connection, PostgresCommands.Text("create_schema_version"), cancel);
        await using var read = connection.Command(PostgresCommands.Text("read_schema_version"));
        var version = (int)(await read.ExecuteScalarAsync(cancel))!;
        foreach (var migration in Migration.After(version, Known, database.ToString()))
        {
            await RunAsync(connection, migration.Sql, cancel);
            await using var done = connection.Command(PostgresCommands.Text("add_schema_version"), migration.Version);
            await done.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return Known.Count;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.Command(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
