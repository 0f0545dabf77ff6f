using Mesh.Storage.AdoNet.Postgres;
using Npgsql;

namespace Mesh.Storage.AdoNet;

/// <summary>
/// The PostgreSQL database that a cluster's silos share: whose it is, and how Orleans gets at its own tables there. One database is one cluster's, for
/// two would take each other's streams away for ever. Thread-safe.
/// </summary>
public sealed class ClusterDatabase : IAsyncDisposable
{
    private static readonly string FindCluster = PostgresCommands.Text("find_cluster");
    private static readonly string ClaimCluster = PostgresCommands.Text("claim_cluster");
    private readonly PostgresDatabase _database;

    private ClusterDatabase(string data)
    {
        var text = PostgresConnectionText.Parse(data);
        _database = new PostgresDatabase(text);
        OrleansConnectionText = PostgresConnectionText.ForOrleans(data);
    }

    /// <summary>The invariant name by which Orleans finds the driver.</summary>
    public static string OrleansInvariant => "Npgsql";

    /// <summary>Leads to the schema <c>orleans</c> of the database.</summary>
    public string OrleansConnectionText { get; }

    /// <param name="data">A PostgreSQL connection string or URI, as for <see cref="LogStores.Open"/>.</param>
    /// <exception cref="ArgumentException">The text names no PostgreSQL database; the message says why.</exception>
    public static ClusterDatabase Open(string data) =>
        PostgresConnectionText.Names(data)
            ? new ClusterDatabase(data)
            : throw new ArgumentException(
                "a cluster keeps its data in PostgreSQL. Give a connection string, such as 'Host=db;Database=mesh;Username=mesh'.");

    /// <summary>Brings the schema up to date; what is there stays.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer, does not exist, refuses, or is newer than this program.</exception>
    public async Task MigrateAsync(CancellationToken cancel = default) =>
        await _database.RunAsync(_database, static (connection, database, cancel) => PostgresMigrator.MigrateAsync(connection, database, cancel), cancel);

    /// <summary>Makes the database this cluster's, unless it is one's already.</summary>
    /// <exception cref="StorageUnavailableException">It is another's, or cannot be asked.</exception>
    public async Task ClaimAsync(ClusterName cluster, CancellationToken cancel = default)
    {
        await _database.RunAsync(cluster, static async (connection, cluster, cancel) =>
        {
            await using var command = connection.Command(ClaimCluster, cluster.ServiceId, cluster.ClusterId);
            return await command.ExecuteNonQueryAsync(cancel);
        }, cancel);
        await CheckAsync(cluster, cancel);
    }

    /// <summary>Makes sure that the database is this cluster's.</summary>
    /// <exception cref="StorageUnavailableException">It is another's, or no silo has made it anybody's yet, or it cannot be asked.</exception>
    public async Task CheckAsync(ClusterName cluster, CancellationToken cancel = default)
    {
        var owner = await _database.RunAsync(0, static (connection, _, cancel) => FindAsync(connection, cancel), cancel);
        if (owner is null)
            throw new StorageUnavailableException($"{_database} holds no cluster's data yet. Start a silo of {cluster} first: it makes the tables.");
        if (owner != cluster)
        {
            throw new StorageUnavailableException(
                $"{_database} holds the data of {owner}, and this is {cluster}. Name another database, or that cluster with --cluster-id and --service-id.");
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static async Task<ClusterName?> FindAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        try
        {
            await using var command = connection.Command(FindCluster);
            await using var rows = await command.ExecuteReaderAsync(cancel);
            return await rows.ReadAsync(cancel) ? new ClusterName(rows.GetString(0), rows.GetString(1)) : null;
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return null;
        }
    }
}
