using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>
/// A prepared statement that changes rows and gives none, within a transaction. It goes by the provider's handle: a command allocates some hundred bytes a
/// parameter, and an append's row has eight. Not thread-safe.
/// </summary>
internal sealed class SqliteChange(SqliteConnection connection, string name, string[] parameters) : IDisposable
{
    private readonly sqlite3 _database = connection.Handle!;
    private readonly int[] _indexes = new int[parameters.Length];
    private sqlite3_stmt? _statement;

    /// <param name="values">In the order of the parameters' names.</param>
    /// <returns>Rows changed.</returns>
    public int Run(params ReadOnlySpan<SqliteValue> values)
    {
        if (values.Length != _indexes.Length)
            throw new ArgumentException($"The statement has {_indexes.Length} parameters; {values.Length} values were given.", nameof(values));
        var statement = _statement ??= Prepare();
        for (var i = 0; i < values.Length; i++) values[i].Bind(statement, _indexes[i]);
        var result = raw.sqlite3_step(statement);
        var changed = raw.sqlite3_changes(_database);
        raw.sqlite3_reset(statement);
        SqliteException.ThrowExceptionForRC(result, _database);
        return changed;
    }

    public void Dispose() => _statement?.Dispose();

    /// <summary>With the first run: the tables are made after the connection is.</summary>
    private sqlite3_stmt Prepare()
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, SqlText.Statement("Sqlite", name), out var statement), _database);
        for (var i = 0; i < parameters.Length; i++) _indexes[i] = raw.sqlite3_bind_parameter_index(statement, parameters[i]);
        return statement;
    }
}
