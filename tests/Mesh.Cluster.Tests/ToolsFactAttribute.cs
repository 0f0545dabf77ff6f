using Mesh.Testing.Postgres;
using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>A test that needs a PostgreSQL server and other programs, and is skipped by name where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolsFactAttribute : FactAttribute
{
    /// <param name="program">What is run.</param>
    /// <param name="packages">Packages of npm that are used too.</param>
    public ToolsFactAttribute(string program, params string[] packages)
    {
        (Program, Packages) = (program, packages);
        Skip = RequiresPostgresAttribute.Missing ?? (Command.Works(program, "--version") ? null : $"Needs {program}.");
        if (packages.Length > 0) Skip ??= NodePackages.Missing(packages);
    }

    public string Program { get; }

    public IReadOnlyList<string> Packages { get; }
}
