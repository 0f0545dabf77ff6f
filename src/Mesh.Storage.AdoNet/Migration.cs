using System.Globalization;

namespace Mesh.Storage.AdoNet;

/// <summary>One step of a schema.</summary>
/// <param name="Version">From 1, without gaps.</param>
/// <param name="Sql">What it does, perhaps in many statements.</param>
internal sealed record Migration(int Version, string Sql)
{
    /// <exception cref="InvalidOperationException">The file is not named by the version expected.</exception>
    public static Migration Parse(string file, int expected, string sql) =>
        int.TryParse(file.AsSpan(0, Math.Min(4, file.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version == expected
            ? new Migration(version, sql)
            : throw new InvalidOperationException($"Migrations are numbered without gaps; {file} stands where {expected:0000}_… should.");

    /// <summary>Those that a database of this version still needs.</summary>
    /// <exception cref="StorageUnavailableException">The database is newer than the program.</exception>
    public static IEnumerable<Migration> After(int version, IReadOnlyList<Migration> all, string database) =>
        version <= all.Count
            ? all.Skip(version)
            : throw new StorageUnavailableException(
                $"{database} has schema version {version}, and this program knows versions up to {all.Count}. A newer Mesh wrote it: run that one, or name other data.");
}
