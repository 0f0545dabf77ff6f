using System.Data.Common;

namespace Mesh.Hosting;

/// <summary>Says where the data is, without passwords.</summary>
public static class DataPlace
{
    private static readonly string[] Shown = ["Host", "Port", "Database", "Username"];

    /// <param name="data">The value of <c>--data</c>.</param>
    public static string Describe(string data)
    {
        if (data.Contains("://", StringComparison.Ordinal)) return "PostgreSQL";
        if (!data.Contains("Host=", StringComparison.OrdinalIgnoreCase)) return $"{Path.GetFullPath(data)} (SQLite)";
        var parts = new DbConnectionStringBuilder { ConnectionString = data };
        var shown = Shown.Where(parts.ContainsKey).Select(key => $"{key}={parts[key]}");
        return $"PostgreSQL ({string.Join(";", shown)})";
    }
}
