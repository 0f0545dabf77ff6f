using Mesh.Hosting.Doors;
using Mesh.Hosting.Options;

namespace Mesh.Standalone;

/// <summary>Everything a user can set of the embedded host.</summary>
public sealed record StandaloneOptions : DoorOptions
{
    /// <summary>The options as users see them.</summary>
    public static readonly OptionTable<StandaloneOptions> Table = new(
        "standalone",
        "Mesh: one durable log behind six doors, in one process.",
        [
            .. AddressesOf<StandaloneOptions>(),
            new("data", "path | connection string", "./mesh.db", "SQLite file (missing folders are created), or a PostgreSQL connection string such as 'Host=db;Database=mesh;Username=mesh'",
                (options, text) => options with { Data = text.Length > 0 ? text : throw new FormatException("a path or a connection string is needed") }),
            .. BoundsOf<StandaloneOptions>(),
            .. Of<StandaloneOptions>(),
        ],
        Check)
    {
        Foreign = ProtobusOptions.All,
    };

    /// <summary>Path of a SQLite file, whose missing folders are created, or a PostgreSQL connection string. Default <c>./mesh.db</c>.</summary>
    public override string Data { get; init; } = "./mesh.db";
}
