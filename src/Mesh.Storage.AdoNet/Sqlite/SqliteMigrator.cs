namespace Mesh.Storage.AdoNet.Sqlite;

/// <summary>Brings the schema of a database up to date, in the one transaction it is called in: others wait until it is done.</summary>
internal static class SqliteMigrator
{
    private static readonly IReadOnlyList<Migration> Known = SqlText.Migrations("Sqlite");

    /// <returns>The version that the schema then has.</returns>
    public static int Migrate(SqliteSession session, SqliteFile file)
    {
        session.Prepare("create_schema_version").Run();
        var version = (int)session.Prepare("read_schema_version").Number()!;
        var done = session.Prepare("add_schema_version", "$version");
        foreach (var migration in Migration.After(version, Known, file.ToString()))
        {
            session.Run(migration.Sql);
            done.Run(migration.Version);
        }

        return Known.Count;
    }
}
