using System.Text.RegularExpressions;

namespace Mesh.Hosting.Options;

/// <summary>What can be set of every process of a cluster, be it silo or gateway.</summary>
public sealed partial record ClusterSettings
{
    private const string IdHelp = "1 to 100 letters, digits, dots, dashes and underscores";

    /// <summary>Which silos and gateways find each other. Default <c>mesh</c>.</summary>
    public string ClusterId { get; init; } = "mesh";

    /// <summary>Whose data it is. Default <c>mesh</c>.</summary>
    public string ServiceId { get; init; } = "mesh";

    /// <summary>How long a call may go unanswered before it is tried again. Default 1 s; 100 ms to 60 s.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the list of silos is read from the database, beside being told of changes. Default 5 s; 1 s to 60 s.</summary>
    public TimeSpan TableRefresh { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The options of the command line that set these, and the database.</summary>
    /// <param name="change">Gives options whose settings are changed.</param>
    public static IReadOnlyList<Option<T>> Of<T>(Func<T, Func<ClusterSettings, ClusterSettings>, T> change)
        where T : ProcessOptions =>
    [
        new("data", "connection string", "none: it must be given", "the cluster's PostgreSQL database, such as 'Host=db;Database=mesh;Username=mesh'",
            (options, text) => options with { Data = text }),
        new("cluster-id", "name", "mesh", $"which silos and gateways find each other; {IdHelp}",
            (options, text) => change(options, settings => settings with { ClusterId = Id(text) })),
        new("service-id", "name", "mesh", $"whose data is in the database; {IdHelp}",
            (options, text) => change(options, settings => settings with { ServiceId = Id(text) })),
        new("response-timeout", "milliseconds", "1000", "a call unanswered for so long is tried again; 100 to 60000",
            (options, text) => change(options, settings => settings with { ResponseTimeout = TimeSpan.FromMilliseconds(OptionText.Number(text, 100, 60_000)) })),
        new("table-refresh", "seconds", "5", "how often the list of silos is read from the database, beside being told of changes; 1 to 60",
            (options, text) => change(options, settings => settings with { TableRefresh = TimeSpan.FromSeconds(OptionText.Number(text, 1, 60)) })),
    ];

    /// <exception cref="OptionException">There is no database.</exception>
    public static void Check(ProcessOptions options)
    {
        if (options.Data.Length == 0)
            throw new OptionException("--data is missing: a cluster keeps its data in PostgreSQL. Give a connection string, such as 'Host=db;Database=mesh;Username=mesh'.");
    }

    private static string Id(string text) => IdForm().IsMatch(text) ? text : throw new FormatException($"{IdHelp} are needed");

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex IdForm();
}
