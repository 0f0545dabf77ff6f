using Microsoft.Data.Sqlite;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>One open connection and the statements prepared on it. Not thread-safe.</summary>
internal sealed class SqliteSession : IDisposable
{
    // 16 MiB of pages: longer logs make fewer checkpoints, but each of them longer.
    private const int CheckpointPages = 4096;
    private readonly SqliteConnection _connection;
    private readonly List<IDisposable> _statements = [];

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>The connection that writes, and that alone makes checkpoints.</summary>
    public static SqliteSession OpenWriter(SqliteFile file) => Open(
        file,
        $"pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = {CheckpointPages}; "
        + "pragma journal_size_limit = 67108864; pragma cache_size = -32768;"
        + file.WriterSettings);

    /// <summary>A connection that can only read, and never makes a checkpoint.</summary>
    public static SqliteSession OpenReader(SqliteFile file) => Open(file, "pragma query_only = 1; pragma wal_autocheckpoint = 0;");

    public SqliteStatement Prepare(string name, params ReadOnlySpan<string> parameters)
    {
        var statement = new SqliteStatement(_connection, name, parameters);
        _statements.Add(statement);
        return statement;
    }

    public SqliteChange PrepareChange(string name, params string[] parameters)
    {
        var change = new SqliteChange(_connection, name, parameters);
        _statements.Add(change);
        return change;
    }

    /// <summary>Runs a text that is not worth preparing.</summary>
    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Closes the connection; a transaction still open is rolled back.</summary>
    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private static SqliteSession Open(SqliteFile file, string pragmas)
    {
        var connection = new SqliteConnection(file.ConnectionString);
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            session.Run($"pragma busy_timeout = {(int)file.LockedMax.TotalMilliseconds}; {pragmas}");
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
