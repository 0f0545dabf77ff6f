using System.Globalization;

namespace Mesh.Hosting.Options;

/// <summary>Reads values of options. What does not fit is a <see cref="FormatException"/> that says what would.</summary>
public static class OptionText
{
    /// <summary>A whole number within bounds.</summary>
    public static int Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"a whole number from {min} to {max} is needed");

    /// <summary>One of an enumeration's names, in any case.</summary>
    public static T Word<T>(string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) return value;
        throw new FormatException($"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()} is needed");
    }
}
