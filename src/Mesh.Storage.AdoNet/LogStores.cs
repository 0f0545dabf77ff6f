using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Postgres;
using Mesh.Storage.AdoNet.Sqlite;

namespace Mesh.Storage.AdoNet;

/// <summary>Makes the store that a setting names.</summary>
public static class LogStores
{
    /// <param name="data">
    /// A PostgreSQL connection string (with <c>Host=</c>) or URI (<c>postgresql://user:password@host:port/database</c>); anything else is the path of a
    /// SQLite database, whose missing folders are made.
    /// </param>
    /// <returns>A store that has touched nothing yet: <see cref="ILogStore.MigrateAsync"/> does.</returns>
    /// <exception cref="ArgumentException">The text names no database; the message says why.</exception>
    public static ILogStore Open(string data)
    {
        if (string.IsNullOrWhiteSpace(data))
            throw new ArgumentException("The data setting is empty. Give the path of a SQLite database or a PostgreSQL connection string.", nameof(data));
        if (PostgresConnectionText.Names(data)) return new PostgresLogStore(PostgresConnectionText.Parse(data));
        return data.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || Directory.Exists(data)
            ? throw new ArgumentException($"'{data}' is no file. Give the path of a SQLite database, such as ./mesh.db.", nameof(data))
            : new SqliteLogStore(data);
    }
}
