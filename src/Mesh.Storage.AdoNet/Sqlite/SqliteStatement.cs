using Microsoft.Data.Sqlite;

namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>One prepared statement of one connection. Values are given in the order of the parameters' names. Not thread-safe.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter[] _parameters;

    public SqliteStatement(SqliteConnection connection, string name, ReadOnlySpan<string> parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = SqlText.Statement("Sqlite", name);
        _parameters = new SqliteParameter[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            _parameters[i] = new SqliteParameter { ParameterName = parameters[i] };
            _command.Parameters.Add(_parameters[i]);
        }
    }

    /// <returns>Rows changed.</returns>
    public int Run(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    public SqliteDataReader Query(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    /// <returns>The one number that the statement gives; null when it gives no row.</returns>
    public long? Number(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return (long?)_command.ExecuteScalar();
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object> values)
    {
        if (values.Length != _parameters.Length)
            throw new ArgumentException($"The statement has {_parameters.Length} parameters; {values.Length} values were given.", nameof(values));
        for (var i = 0; i < values.Length; i++) _parameters[i].Value = values[i];
    }
}
