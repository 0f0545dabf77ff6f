using System.Collections;
using System.Text.Json;

namespace Mesh.Hosting.Options;

/// <summary>Puts options together: command line over environment over file over default.</summary>
public static class OptionReader
{
    public const string FileName = "appsettings.json";
    internal const string VariablePrefix = "MESH__";
    private const string Section = "Mesh";

    /// <summary>Reads what this process was started with: its command line, its environment, and the file in its working directory.</summary>
    /// <returns>Null when <c>--help</c> was asked for.</returns>
    /// <exception cref="OptionException">An option is unknown or its value is not right.</exception>
    public static T? Read<T>(OptionTable<T> table, string[] args)
        where T : class, new()
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(each => KeyValuePair.Create((string)each.Key, (string?)each.Value ?? ""));
        return Read(table, args, environment, File.Exists(FileName) ? File.ReadAllText(FileName) : null);
    }

    /// <param name="table">The options there are.</param>
    /// <param name="args">The command line.</param>
    /// <param name="environment">All variables; those that do not begin with MESH__ are none of ours.</param>
    /// <param name="json">Text of the settings file; null when there is none.</param>
    /// <returns>Null when <c>--help</c> was asked for.</returns>
    /// <exception cref="OptionException">An option is unknown or its value is not right.</exception>
    public static T? Read<T>(OptionTable<T> table, IReadOnlyList<string> args, IEnumerable<KeyValuePair<string, string>> environment, string? json)
        where T : class, new()
    {
        if (args.Contains("--help") || args.Contains("-h")) return null;
        var options = new T();
        if (json is not null) options = ApplyFile(table, options, json);
        foreach (var (name, value) in environment)
        {
            if (!name.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (table.IsOfCommand && table.Find(name[VariablePrefix.Length..]) is null) continue;
            var option = table.Find(name[VariablePrefix.Length..]) ?? throw Unknown(name, "Variables are " + Names(table, each => each.Variable));
            options = ApplyAll(options, option, name, value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), value);
        }

        return table.Checked(ApplyArguments(table, options, args));
    }

    private static T ApplyArguments<T>(OptionTable<T> table, T options, IReadOnlyList<string> args)
        where T : new()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            var option = name.StartsWith("--", StringComparison.Ordinal) ? table.Find(name[2..]) : null;
            if (option is null) throw Unknown(name, "Options are " + Names(table, each => "--" + each.Name) + ", --help");
            if (value is null && ++i == args.Count) throw new OptionException($"{name} needs a value: {option.Form}.");
            if (option.Clear is { } clear && seen.Add(option.Name)) options = clear(options);
            options = Apply(options, option, name, value ?? args[i]);
            while (option.TakesRest && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) options = Apply(options, option, name, args[++i]);
        }

        return options;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static T ApplyFile<T>(OptionTable<T> table, T options, string json)
        where T : new()
    {
        foreach (var (name, value, values) in ReadSection(json))
        {
            if (table.IsOfCommand && table.Find(name) is null) continue;
            var place = $"{FileName}, {Section}:{name}";
            var option = table.Find(name) ?? throw Unknown(place, "Names are " + Names(table, each => each.Name));
            options = ApplyAll(options, option, place, values ?? [value], value);
        }

        return options;
    }

    /// <summary>Applies what one source says of an option: one text, or a list of them when the option takes several.</summary>
    private static T ApplyAll<T>(T options, Option<T> option, string place, IReadOnlyList<string> values, string value) =>
        option.Clear is not { } clear ? Apply(options, option, place, value) : values.Aggregate(clear(options), (sum, each) => Apply(sum, option, place, each));

    private static List<(string Name, string Value, string[]? Values)> ReadSection(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var section = document.RootElement.EnumerateObject().FirstOrDefault(each => each.Name.Equals(Section, StringComparison.OrdinalIgnoreCase)).Value;
            return section.ValueKind == JsonValueKind.Undefined ? [] : [.. section.EnumerateObject().Select(each => (each.Name, each.Value.ToString(), ElementsOf(each.Value)))];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new OptionException($$"""{{FileName}}: {{failure.Message}} The file is a JSON object such as { "{{Section}}": { "http": "8080" } }.""");
        }
    }

    private static string[]? ElementsOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(element => element.ToString())] : null;

    private static T Apply<T>(T options, Option<T> option, string place, string value)
    {
        try
        {
            return option.Apply(options, value);
        }
        catch (FormatException failure)
        {
            var seen = option.IsSecret ? "its value" : $"\"{value}\"";
            throw new OptionException($"{place}: {seen} does not fit; {failure.Message} ({option.Form}).");
        }
    }

    private static OptionException Unknown(string place, string known) => new($"{place} is not known. {known}.");

    private static string Names<T>(OptionTable<T> table, Func<Option<T>, string> name)
        where T : new() => string.Join(", ", table.All.Select(name));
}
