namespace Mesh.Hosting.Options;

/// <summary>Something that only this process and its peer may know. It is given by where it stands, for command lines are seen by all, and never shown.</summary>
public sealed record Secret
{
    public const string Form = "file:path | env:variable | off";

    private const string FilePrefix = "file:";
    private const string VariablePrefix = "env:";

    private Secret(string value) => Value = value;

    public string Value { get; }

    /// <summary>Reads the first line of a file, or a variable.</summary>
    /// <returns>Null for <c>off</c>.</returns>
    /// <exception cref="FormatException">What is wrong; the secret is not in it.</exception>
    public static Secret? Parse(string text)
    {
        if (text == "off") return null;
        var value = text.StartsWith(FilePrefix, StringComparison.Ordinal) ? ReadFile(text[FilePrefix.Length..])
            : text.StartsWith(VariablePrefix, StringComparison.Ordinal) ? ReadVariable(text[VariablePrefix.Length..])
            : throw new FormatException("it must say where the secret is, not what it is");
        return value.Length > 0 ? new Secret(value) : throw new FormatException("the secret is empty there");
    }

    public override string ToString() => "(secret)";

    private static string ReadVariable(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new FormatException($"there is no variable {name}");

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault() ?? "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"the file cannot be read: {failure.Message}");
        }
    }
}
