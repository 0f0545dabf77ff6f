using Npgsql;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>Connections to one database, and what to say when it fails. Thread-safe.</summary>
internal sealed class PostgresDatabase(string connectionText) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionText);
    private readonly string _name = NameOf(connectionText);

    public override string ToString() => _name;

    /// <summary>Runs work on a connection of its own.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer, or refused.</exception>
    public async ValueTask<T> RunAsync<TState, T>(
        TState state, Func<NpgsqlConnection, TState, CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        await using var connection = await ConnectAsync(cancel);
        try
        {
            return await work(connection, state, cancel);
        }
        catch (Exception failure) when (IsOurs(failure))
        {
            throw Explain(failure);
        }
    }

    /// <exception cref="StorageUnavailableException">There is no connection to be had.</exception>
    public async ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancel)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancel);
        }
        catch (Exception failure) when (IsOurs(failure))
        {
            throw Explain(failure);
        }
    }

    /// <summary>What happened, and what to do. Where the connection itself failed, its idle companions are given up with it: after a restart
    /// of the server none of them works.</summary>
    public StorageUnavailableException Explain(Exception failure)
    {
        if (!IsRefusal(failure)) _source.Clear();
        var text = failure switch
        {
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "has no disk space left. Nothing was written; make room, and appends go on.",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "takes no writes: it is a standby, or set read-only. Name the primary.",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => "refused: the user lacks a right. Grant it the schema 'mesh', or the right to create it.",
            PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "takes no more connections. Raise max_connections, or lower 'Maximum Pool Size'.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => "refused user or password. Put the connection string right.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "does not exist. Create it, or name another.",
            PostgresException refusal when IsRefusal(refusal) => "refused.",
            _ => "does not answer, or was shut down. Start it, or put the connection string right; appends go on when it answers again.",
        };
        return new StorageUnavailableException($"{_name} {text} ({failure.Message})", failure);
    }

    /// <summary>True for failures of the database or of the way to it.</summary>
    public static bool IsOurs(Exception failure) => failure is NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException;

    /// <summary>True when the server said no and rolled back: a connection that goes on. All else may have happened after a commit.</summary>
    public static bool IsRefusal(Exception failure) => failure is PostgresException { InvariantSeverity: "ERROR" };

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string NameOf(string connectionText)
    {
        var text = new NpgsqlConnectionStringBuilder(connectionText);
        return $"The PostgreSQL database {text.Database ?? text.Username} at {text.Host}:{text.Port}";
    }
}
