using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Testing.Postgres;

/// <summary>A test that needs a PostgreSQL server, and is skipped by name where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresBinaries.Missing;
}

/// <summary>The tests that this class inherits from a contract (see <see cref="ContractFactAttribute"/>) need a PostgreSQL server.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresPostgresAttribute : RequiresAttribute
{
    /// <summary>Why tests are skipped; null when there is a server.</summary>
    public static string? Missing => PostgresBinaries.Missing;

    public override string? SkipReason => Missing;
}
