using Mesh.Hosting.Logs;

namespace Mesh.Hosting.Options;

/// <summary>What can be set of every process of Mesh.</summary>
public abstract record ProcessOptions
{
    /// <summary>Where the data is: a path or a connection string.</summary>
    public abstract string Data { get; init; }

    /// <summary>The least severe log lines written. Default warning.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Default text.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>The options of the command line that set how it logs.</summary>
    public static IReadOnlyList<Option<T>> Of<T>()
        where T : ProcessOptions =>
    [
        new("log-level", "debug | information | warning | error | none", "warning", "least severe log lines written to standard error",
            (options, text) => options with { LogLevel = Level(text) }),
        new("log-format", "text | json", "text", "how log lines look",
            (options, text) => options with { LogFormat = OptionText.Word<LogFormat>(text) }),
    ];

    private static LogLevel Level(string text) =>
        text.Equals("info", StringComparison.OrdinalIgnoreCase) ? LogLevel.Information
        : text.Equals("critical", StringComparison.OrdinalIgnoreCase) ? LogLevel.Critical
        : OptionText.Word<LogLevel>(text) is var level and not (LogLevel.Trace or LogLevel.Critical)
            ? level
            : throw new FormatException("one of debug, information, warning, error, none is needed");
}
