using Npgsql;
using NpgsqlTypes;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>Makes commands from the dialect's files; values are given in the order of <c>$1</c>, <c>$2</c>, …</summary>
internal static class PostgresCommands
{
    public static string Text(string name) => SqlText.Statement("Postgres", name);

    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        Fill(command.Parameters, values);
        return command;
    }

    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Fill(command.Parameters, values);
        batch.BatchCommands.Add(command);
    }

    /// <summary>A value that may be null, which alone would not tell its type.</summary>
    public static NpgsqlParameter Typed(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };

    private static void Fill(NpgsqlParameterCollection parameters, ReadOnlySpan<object> values)
    {
        foreach (var value in values) parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
    }
}
