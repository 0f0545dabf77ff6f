namespace Mesh.Hosting.Options;

/// <summary>One option as users see it.</summary>
/// <param name="Name">Without dashes before it, words joined by dashes.</param>
/// <param name="Form">What a value looks like.</param>
/// <param name="Default">As text.</param>
/// <param name="Help">What it sets, with its range.</param>
/// <param name="Apply">Sets it; a <see cref="FormatException"/> says what a right value is.</param>
/// <param name="IsSecret">Its value is not repeated in what is said about it.</param>
public sealed record Option<T>(string Name, string Form, string Default, string Help, Func<T, string, T> Apply, bool IsSecret = false)
{
    /// <summary>Set of an option that may be given several times, each time with one more value: forgets them all, because a source that wins replaces what the others say.</summary>
    public Func<T, T>? Clear { get; init; }

    /// <summary>All arguments up to the next option are values of it.</summary>
    public bool TakesRest { get; init; }

    /// <summary>The variable that sets it.</summary>
    public string Variable => OptionReader.VariablePrefix + Name.Replace('-', '_').ToUpperInvariant();
}
