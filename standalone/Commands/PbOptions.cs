using Mesh.Hosting.Options;
using Mesh.Topics;

namespace Mesh.Standalone.Commands;

/// <summary>Where <see cref="ImportPb"/> brings events, and <see cref="ExportPb"/> takes them from.</summary>
public sealed record PbOptions : ProcessOptions
{
    /// <summary>The options of the import as users see them.</summary>
    public static readonly OptionTable<PbOptions> Import = new(
        "standalone -- import-pb FILE.pb…",
        "Brings the events of files of protobus-server in, with the times that they have. Started again it goes on where it was.",
        [
            DataOption,
            new("partition", "prefix:regex", "none", "which topics go to which partition, as the host has it",
                (options, text) => text == "none" ? options : options with { Partitions = [.. options.Partitions, PartitionRule.Parse(text)] })
            {
                Clear = options => options with { Partitions = [] },
            },
            new("partition-keep", PartitionKeep.Form, "none", "what partitions keep, as the host has it",
                (options, text) => text == "none" ? options : options with { PartitionKeeps = [.. options.PartitionKeeps, PartitionKeep.Parse(text)] })
            {
                Clear = options => options with { PartitionKeeps = [] },
            },
            .. Of<PbOptions>(),
        ],
        _ => { })
    {
        IsOfCommand = true,
    };

    /// <summary>The options of the export as users see them.</summary>
    public static readonly OptionTable<PbOptions> Export = new(
        "standalone -- export-pb FOLDER",
        "Writes every partition to a file as protobus-server has it. Started again it adds what is new.",
        [DataOption, .. Of<PbOptions>()],
        _ => { })
    {
        IsOfCommand = true,
    };

    public override string Data { get; init; } = "./mesh.db";

    public IReadOnlyList<PartitionRule> Partitions { get; init; } = [];

    public IReadOnlyList<PartitionKeep> PartitionKeeps { get; init; } = [];

    private static Option<PbOptions> DataOption => new("data", "path | connection string", "./mesh.db", "SQLite file or PostgreSQL connection string, as the host has it",
        (options, text) => options with { Data = text.Length > 0 ? text : throw new FormatException("a path or a connection string is needed") });
}
