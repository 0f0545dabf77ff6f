using System.Data.Common;
using Mesh.Hosting.Options;

namespace Mesh.Hosting;

/// <summary>What <c>--data</c> names.</summary>
public static class DataPlace
{
    private static readonly string[] Shown = ["Host", "Port", "Database", "Username"];

    /// <param name="data">The value of <c>--data</c>.</param>
    /// <param name="open">Throws <see cref="ArgumentException"/>, with the reason, when the value names nothing that it can open.</param>
    /// <exception cref="OptionException">It did.</exception>
    public static T Open<T>(string data, Func<string, T> open)
    {
        try
        {
            return open(data);
        }
        catch (ArgumentException wrong)
        {
            throw new OptionException($"--data: {wrong.Message}");
        }
    }

    /// <summary>Says where the data is, without passwords.</summary>
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
