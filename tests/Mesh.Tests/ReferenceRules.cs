namespace Mesh.Tests;

/// <summary>Which project may know which: Protocols → Mesh ← Engine ← {Storage.AdoNet, Embedded, Orleans}; only executables see everything.</summary>
internal static class ReferenceRules
{
    private static readonly string[] Executables = ["standalone", "silo-host", "gateway"];

    /// <summary>Projects that may know Orleans by themselves; tests may through them.</summary>
    private static readonly string[] OfTheCluster = ["Mesh.Orleans", "silo-host", "gateway"];

    /// <returns>One sentence for each reference that goes the wrong way.</returns>
    public static IEnumerable<string> Faults(IReadOnlyList<ProjectFile> projects)
    {
        foreach (var project in projects)
        {
            if (MayKnow(project) is not { } allowed)
            {
                yield return $"{project.Path} has no place in the layout: add a rule for it.";
                continue;
            }

            foreach (var other in project.Projects)
                if (!allowed(other)) yield return $"{project.Name} must not reference {other}.";
            foreach (var package in project.Packages)
                if (package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal) && !IsOfTheCluster(project, projects))
                    yield return $"{project.Name} must not reference {package}: only the cluster's projects know Orleans.";
        }
    }

    /// <summary>Whether a project, or one it references, directly or not, is one of the cluster's.</summary>
    public static bool IsOfTheCluster(ProjectFile project, IReadOnlyList<ProjectFile> projects) =>
        OfTheCluster.Contains(project.Name)
        || projects.Any(other => project.Projects.Contains(other.Name) && IsOfTheCluster(other, projects));

    private static Func<string, bool>? MayKnow(ProjectFile project) => project.Name switch
    {
        "Mesh" => _ => false,
        "Mesh.Engine" or "Mesh.Client" => other => other == "Mesh",
        "Mesh.Storage.AdoNet" or "Mesh.Embedded" or "Mesh.Orleans" => other => other is "Mesh" or "Mesh.Engine",
        "Mesh.Hosting" => other => other == "Mesh" || other.StartsWith("Mesh.Protocols.", StringComparison.Ordinal),
        _ when project.Top == "src" && project.Name.StartsWith("Mesh.Protocols.", StringComparison.Ordinal) => other => other == "Mesh",
        "standalone" => other => IsLibrary(other) && other != "Mesh.Orleans",
        "silo-host" or "gateway" => IsLibrary,
        _ when project.Top == "bench" => other => IsLibrary(other) || Executables.Contains(other) || other == "Mesh.Testing",
        _ when project.Top == "tests" => _ => true,
        _ => null,
    };

    private static bool IsLibrary(string name) =>
        name.StartsWith("Mesh", StringComparison.Ordinal) && !name.EndsWith(".Tests", StringComparison.Ordinal) && name is not ("Mesh.Testing" or "Mesh.Bench");
}
