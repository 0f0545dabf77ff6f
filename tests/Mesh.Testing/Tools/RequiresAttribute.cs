using Mesh.Testing.Postgres;

namespace Mesh.Testing.Tools;

/// <summary>What the tests that a class inherits from a contract (see <see cref="ContractFactAttribute"/>) need beside the project; without it they are skipped by name.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public abstract class RequiresAttribute : Attribute
{
    /// <summary>Why they are skipped; null when all is there.</summary>
    public abstract string? SkipReason { get; }
}

/// <summary>They need a program.</summary>
/// <param name="packages">What brings it, on Debian.</param>
/// <param name="program">What is run.</param>
/// <param name="arguments">With these it ends with 0 where all is there.</param>
public sealed class RequiresToolAttribute(string packages, string program, params string[] arguments) : RequiresAttribute
{
    public override string? SkipReason => Command.Works(program, arguments) ? null : $"Needs {program} and what it uses: apt-get install {packages}";
}

/// <summary>They need node and packages of npm's.</summary>
public sealed class RequiresNodeAttribute(params string[] packages) : RequiresAttribute
{
    public override string? SkipReason => NodePackages.Missing(packages);
}
