using Mesh.Hosting.Doors;
using Mesh.Hosting.Options;
using Mesh.Topics;

namespace Mesh.Standalone;

/// <summary>The options of protobus-server, so that it can be replaced by changing the command alone. (<c>--log-level</c> is one of ours, and takes its words too.)</summary>
internal static class ProtobusOptions
{
    public static readonly IReadOnlyList<Option<StandaloneOptions>> All =
    [
        new("address", "host:port | :port", "localhost:42000", "protobus-server's: as --grpc; without a host all interfaces",
            (options, text) => options with { Grpc = ListenAddress.Parse(text.StartsWith(':') ? "*" + text : text) }),
        new("store-root", "folder", ".", "protobus-server's: as --data with mesh.db in this folder, which must exist; import-pb brings its files in",
            (options, text) => Directory.Exists(text)
                ? options with { Data = Path.Combine(text, "mesh.db") }
                : throw new FormatException("a folder that exists is needed; --data makes missing ones")),
        new("store-pattern", "prefix:regex…", "none", "protobus-server's: as --partition; here a topic is stored once, by the first rule that matches",
            (options, text) => options with { Partitions = [.. options.Partitions, PartitionRule.Parse(text)] })
        {
            Clear = options => options with { Partitions = [] },
            TakesRest = true,
        },
        new("max-threads", "count", "none", "protobus-server's: refused; calls take no threads here, and --connections-max bounds them",
            (_, _) => throw new FormatException("no calls wait for threads here: leave it out, or bound connections and calls with --connections-max")),
    ];
}
