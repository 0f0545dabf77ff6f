using Mesh.Testing.Postgres;
using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Cluster.Tests;

/// <summary>A test that needs a PostgreSQL server and one more program, and is skipped by name where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolsFactAttribute : FactAttribute
{
    public ToolsFactAttribute(string program)
    {
        Program = program;
        Skip = RequiresPostgresAttribute.Missing ?? (Command.Works(program, "--version") ? null : $"Needs {program}.");
    }

    public string Program { get; }
}
