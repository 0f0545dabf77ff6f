using System.Text.Json;

namespace Mesh.Standalone;

/// <summary>An option that cannot be followed. The message names it, the value seen and what would be right.</summary>
public sealed class OptionException(string message) : Exception(message);

/// <summary>Puts options together: command line over environment over file over default.</summary>
public static class OptionReader
{
    public const string FileName = "appsettings.json";
    private const string VariablePrefix = "MESH__";
    private const string Section = "Mesh";

    /// <param name="args">The command line.</param>
    /// <param name="environment">All variables; those that do not begin with MESH__ are none of ours.</param>
    /// <param name="json">Text of the settings file; null when there is none.</param>
    /// <returns>Null when <c>--help</c> was asked for.</returns>
    /// <exception cref="OptionException">An option is unknown or its value is not right.</exception>
    public static StandaloneOptions? Read(IReadOnlyList<string> args, IEnumerable<KeyValuePair<string, string>> environment, string? json)
    {
        if (args.Contains("--help") || args.Contains("-h")) return null;
        var options = new StandaloneOptions();
        if (json is not null) options = ApplyFile(options, json);
        foreach (var (name, value) in environment)
        {
            if (!name.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase)) continue;
            var option = OptionTable.Find(name[VariablePrefix.Length..]) ?? throw Unknown(name, "Variables are " + Names(each => each.Variable));
            options = Apply(options, option, name, value);
        }

        return Check(ApplyArguments(options, args));
    }

    private static StandaloneOptions ApplyArguments(StandaloneOptions options, IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            var option = name.StartsWith("--", StringComparison.Ordinal) ? OptionTable.Find(name[2..]) : null;
            if (option is null) throw Unknown(name, "Options are " + Names(each => "--" + each.Name) + ", --help");
            if (value is null && ++i == args.Count) throw new OptionException($"{name} needs a value: {option.Form}.");
            options = Apply(options, option, name, value ?? args[i]);
        }

        return options;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static StandaloneOptions ApplyFile(StandaloneOptions options, string json)
    {
        foreach (var (name, value) in ReadSection(json))
        {
            var place = $"{FileName}, {Section}:{name}";
            var option = OptionTable.Find(name) ?? throw Unknown(place, "Names are " + Names(each => each.Name));
            options = Apply(options, option, place, value);
        }

        return options;
    }

    private static List<(string Name, string Value)> ReadSection(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var section = document.RootElement.EnumerateObject().FirstOrDefault(each => each.Name.Equals(Section, StringComparison.OrdinalIgnoreCase)).Value;
            return section.ValueKind == JsonValueKind.Undefined ? [] : [.. section.EnumerateObject().Select(each => (each.Name, each.Value.ToString()))];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new OptionException($$"""{{FileName}}: {{failure.Message}} The file is a JSON object such as { "{{Section}}": { "http": "8080" } }.""");
        }
    }

    private static StandaloneOptions Apply(StandaloneOptions options, Option option, string place, string value)
    {
        try
        {
            return option.Apply(options, value);
        }
        catch (FormatException failure)
        {
            throw new OptionException($"{place}: \"{value}\" does not fit; {failure.Message} ({option.Form}).");
        }
    }

    private static StandaloneOptions Check(StandaloneOptions options)
    {
        var open = options.Listeners.Where(each => each.Address is not null).ToArray();
        if (open.Length == 0) throw new OptionException("--http, --rse, --grpc and --resp are all off; open at least one of them.");
        var clash = open.Where(each => each.Address!.Port > 0).GroupBy(each => each.Address).FirstOrDefault(group => group.Count() > 1);
        return clash is null
            ? options
            : throw new OptionException($"{string.Join(" and ", clash.Select(each => each.Option))} both name {clash.Key}; give each a port of its own.");
    }

    private static OptionException Unknown(string place, string known) => new($"{place} is not known. {known}.");

    private static string Names(Func<Option, string> name) => string.Join(", ", OptionTable.All.Select(name));
}
