using System.Globalization;
using System.Text;
using Mesh.Protocols.Http.Rse;

namespace Mesh.Standalone;

/// <summary>One option as users see it.</summary>
/// <param name="Name">Without dashes before it, words joined by dashes.</param>
/// <param name="Form">What a value looks like.</param>
/// <param name="Default">As text.</param>
/// <param name="Help">What it sets, with its range.</param>
/// <param name="Apply">Sets it; a <see cref="FormatException"/> says what a right value is.</param>
public sealed record Option(string Name, string Form, string Default, string Help, Func<StandaloneOptions, string, StandaloneOptions> Apply)
{
    /// <summary>The variable that sets it.</summary>
    public string Variable => "MESH__" + Name.Replace('-', '_').ToUpperInvariant();
}

/// <summary>All options: the one place for their names, forms, defaults and ranges.</summary>
public static class OptionTable
{
    private const string AddressForm = "port | host:port | off";

    public static readonly IReadOnlyList<Option> All =
    [
        new("http", AddressForm, "8080", "HTTP: Zaqar at /v1, /v1.1, /v2 and /, RSE under /rse/, /healthz/live, /healthz/ready, /metrics",
            (options, text) => options with { Http = ListenAddress.Parse(text) }),
        new("rse", AddressForm, "8000", "RSE at the root",
            (options, text) => options with { Rse = ListenAddress.Parse(text) }),
        new("grpc", AddressForm, "42000", "gRPC: protobus",
            (options, text) => options with { Grpc = ListenAddress.Parse(text) }),
        new("resp", AddressForm, "6379", "RESP: Redis pub/sub and streams",
            (options, text) => options with { Resp = ListenAddress.Parse(text) }),
        new("data", "path | connection string", "./mesh.db", "SQLite file (missing folders are created), or a PostgreSQL connection string such as 'Host=db;Database=mesh;Username=mesh'",
            (options, text) => options with { Data = NotEmpty(text) }),
        new("rse-mode", "test | live", "test on loopback, else live", "test: tokens are optional, GET /all shows every event",
            (options, text) => options with { RseMode = Word<RseMode>(text) }),
        new("rse-ttl", "seconds", "120", "how long RSE events can be read; 1 to 2592000",
            (options, text) => options with { RseTtl = TimeSpan.FromSeconds(Number(text, 1, 2_592_000)) }),
        new("grpc-message-bytes-max", "bytes", "4194304", "largest gRPC message taken; 1024 to 16777216",
            (options, text) => options with { GrpcMessageBytesMax = Number(text, 1024, 16 * 1024 * 1024) }),
        new("connections-max", "count", "10000", "connections each door holds at once; 1 to 1000000",
            (options, text) => options with { ConnectionsMax = Number(text, 1, 1_000_000) }),
        new("log-level", "debug | information | warning | error | none", "warning", "least severe log lines written to standard error",
            (options, text) => options with { LogLevel = Level(text) }),
        new("log-format", "text | json", "text", "how log lines look",
            (options, text) => options with { LogFormat = Word<LogFormat>(text) }),
    ];

    /// <returns>Null when there is none. Case does not count, and <c>_</c> stands for <c>-</c>.</returns>
    public static Option? Find(string name) =>
        All.FirstOrDefault(option => option.Name.Equals(name.Replace('_', '-'), StringComparison.OrdinalIgnoreCase));

    /// <summary>The text of <c>--help</c>.</summary>
    public static string Usage()
    {
        var text = new StringBuilder("""
            Mesh: one durable log behind four doors, in one process.

            Usage: dotnet run -c Release --project standalone -- [--option value]…

            An option on the command line wins over its environment variable, and that over appsettings.json
            in the working directory ({ "Mesh": { "http": "8080" } }).


            """);
        foreach (var option in All)
            text.Append(CultureInfo.InvariantCulture, $"  --{option.Name} {option.Form}\n      {option.Help}\n      default {option.Default}; variable {option.Variable}\n");
        return text.Append("  --help\n      this text\n").ToString();
    }

    private static string NotEmpty(string text) => text.Length > 0 ? text : throw new FormatException("a path or a connection string is needed");

    private static int Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"a whole number from {min} to {max} is needed");

    private static LogLevel Level(string text) =>
        Word<LogLevel>(text) is var level and not (LogLevel.Trace or LogLevel.Critical)
            ? level
            : throw new FormatException("one of debug, information, warning, error, none is needed");

    private static T Word<T>(string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) return value;
        throw new FormatException($"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()} is needed");
    }
}
