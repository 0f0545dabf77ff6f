using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mesh.Tests;

/// <summary>What one .csproj says of its place in the house.</summary>
/// <param name="Path">From the root of the repository, with slashes.</param>
/// <param name="Projects">Names of the projects it references.</param>
/// <param name="Packages">Names of the packages it references.</param>
internal sealed record ProjectFile(string Path, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The folder at the top: <c>src</c>, <c>tests</c>, <c>bench</c>, or an executable's own.</summary>
    public string Top => Path.Split('/')[0];

    /// <summary>The folder that holds Mesh.sln, from where the tests run upwards.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Mesh.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No folder from {AppContext.BaseDirectory} upwards holds Mesh.sln.");
        return folder.FullName;
    }

    public static IReadOnlyList<ProjectFile> ReadAll(string root) =>
        [.. Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(path => !Regex.IsMatch(path, "(^|/)(bin|obj|node_modules|\\.[^/]*)/"))
            .Order(StringComparer.Ordinal)
            .Select(path => Read(root, path))];

    /// <summary>Paths of the projects that the solution lists.</summary>
    public static IReadOnlySet<string> InSolution(string root) =>
        Regex.Matches(File.ReadAllText(System.IO.Path.Combine(root, "Mesh.sln")), "\"([^\"]+\\.csproj)\"")
            .Select(match => match.Groups[1].Value.Replace('\\', '/')).ToHashSet();

    /// <summary>Paths of the projects that the part of the solution without Orleans lists.</summary>
    public static IReadOnlySet<string> InCore(string root)
    {
        using var filter = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(root, "Mesh.Core.slnf")));
        return filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray()
            .Select(project => project.GetString()!.Replace('\\', '/')).ToHashSet();
    }

    private static ProjectFile Read(string root, string path)
    {
        var xml = XDocument.Load(System.IO.Path.Combine(root, path));
        return new ProjectFile(
            path,
            [.. References(xml, "ProjectReference").Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))],
            [.. References(xml, "PackageReference")]);
    }

    private static IEnumerable<string> References(XDocument xml, string kind) =>
        xml.Descendants(kind).Select(reference => reference.Attribute("Include")?.Value).OfType<string>();
}
