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

    /// <summary>True for on, false for off.</summary>
    public static bool Switch(string text) => text switch
    {
        "on" => true,
        "off" => false,
        _ => throw new FormatException("on or off is needed"),
    };

    /// <summary>The text itself; null for off.</summary>
    public static string? UnlessOff(string text) => text switch
    {
        "off" => null,
        "" => throw new FormatException("some text, or off, is needed"),
        _ => text,
    };

    /// <summary>A host and a port.</summary>
    public static (string Host, int Port) HostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 1) throw new FormatException("a host and a port joined by a colon are needed");
        return (text[..colon], Number(text[(colon + 1)..], 1, 65_535));
    }

    /// <summary>Origins of web pages, separated by commas, or <c>*</c>; null for off.</summary>
    public static string? Origins(string text)
    {
        if (text == "off") return null;
        foreach (var origin in text.Split(','))
            if (origin != "*" && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && origin == $"{uri.Scheme}://{uri.Authority}"))
                throw new FormatException("origins such as https://example.org, separated by commas, or *, or off, are needed");
        return text;
    }

    /// <summary>One of an enumeration's names, in any case.</summary>
    public static T Word<T>(string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) return value;
        throw new FormatException($"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()} is needed");
    }
}
