using Mesh.Engine.Storage;
using Mesh.Storage.AdoNet.Postgres;
using Mesh.Storage.AdoNet.Sqlite;

namespace Mesh.Storage.AdoNet;

/// <summary>Makes the store that a setting names.</summary>
public static class LogStores
{
    /// <summary>As the other, for a database that several processes share.</summary>
    /// <exception cref="ArgumentException">The text names no database of PostgreSQL; the message says why.</exception>
    public static ILogStore OpenShared(string data) => PostgresConnectionText.Names(data)
        ? Open(data)
        : throw new ArgumentException("A cluster's data is in PostgreSQL, where every silo reaches it. Give a connection string, such as 'Host=db;Database=pool;Username=mesh'.", nameof(data));

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

        // Not repeated: somebody's mistyped connection string may hold a password.
        if (data.Contains("://", StringComparison.Ordinal) || (data.Contains(';', StringComparison.Ordinal) && data.Contains('=', StringComparison.Ordinal)))
            throw new ArgumentException("It names no database that Mesh knows. Give the path of a SQLite database, or a PostgreSQL connection string with its Host= or postgresql:// before it.", nameof(data));
        return data.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || Directory.Exists(data)
            ? throw new ArgumentException($"'{data}' is no file. Give the path of a SQLite database, such as ./mesh.db.", nameof(data))
            : new SqliteLogStore(data);
    }
}
