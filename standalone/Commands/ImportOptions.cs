using Mesh.Hosting.Options;

namespace Mesh.Standalone.Commands;

/// <summary>Where <see cref="ImportRot"/> brings a file.</summary>
public sealed record ImportOptions : ProcessOptions
{
    /// <summary>The options as users see them.</summary>
    public static readonly OptionTable<ImportOptions> Table = new(
        "standalone -- import-rot FILE.rot",
        "Brings the messages of a file of rotera into a ring, under the ids that they have.",
        [
            new("data", "path | connection string", "./mesh.db", "SQLite file or PostgreSQL connection string, as the host has it",
                (options, text) => options with { Data = text.Length > 0 ? text : throw new FormatException("a path or a connection string is needed") }),
            new("ring", "name", "the file's name without its ending", "name of the ring, which must not exist yet",
                (options, text) => options with { Ring = text.Length > 0 ? text : throw new FormatException("a name is needed") }),
            .. Of<ImportOptions>(),
        ],
        _ => { })
    {
        IsOfCommand = true,
    };

    public override string Data { get; init; } = "./mesh.db";

    /// <summary>Null takes the file's name.</summary>
    public string? Ring { get; init; }
}
