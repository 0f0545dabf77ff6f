using Mesh.Testing.Postgres;

namespace Mesh.Testing.Tools;

/// <summary>A test that drives a real program, and is skipped by name where that is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : ContractFactAttribute
{
    /// <param name="package">What brings the program, on Debian.</param>
    /// <param name="program">What is run.</param>
    /// <param name="arguments">With these it ends with 0 where all is there; by default with <c>--version</c>.</param>
    public ToolFactAttribute(string package, string program, params string[] arguments)
    {
        if (!Command.Works(program, arguments.Length > 0 ? arguments : ["--version"])) Skip = $"Needs {program} and what it uses: apt-get install {package}";
    }
}

/// <summary>A test that drives a client of npm's, and is skipped by name where that cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : ContractFactAttribute
{
    public NodeFactAttribute(params string[] packages) => Skip = NodePackages.Missing(packages);
}
