namespace Mesh.Storage.AdoNet;

/// <summary>The <c>.sql</c> files beside the code of each dialect, built into this assembly.</summary>
internal static class SqlText
{
    // Names have the separator of the machine that built them.
    private static readonly Dictionary<string, string> Texts = typeof(SqlText).Assembly.GetManifestResourceNames()
        .ToDictionary(name => name.Replace('\\', '/'), Read);

    /// <summary>One statement.</summary>
    /// <param name="dialect">Its folder.</param>
    /// <param name="name">Its file, without the ending.</param>
    public static string Statement(string dialect, string name) => Texts[$"{dialect}/Sql/{name}"];

    /// <summary>All migrations of a dialect, in order.</summary>
    public static IReadOnlyList<Migration> Migrations(string dialect)
    {
        var prefix = $"{dialect}/Migrations/";
        return [.. Texts
            .Where(text => text.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(text => text.Key, StringComparer.Ordinal)
            .Select((text, index) => Migration.Parse(text.Key[prefix.Length..], index + 1, text.Value))];
    }

    private static string Read(string resource)
    {
        using var stream = typeof(SqlText).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
