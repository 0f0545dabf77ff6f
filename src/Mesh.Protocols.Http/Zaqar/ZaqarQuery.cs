using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The parameters of a query and how their values are read (Zaqar specification, section 1.1).</summary>
/// <param name="text">From the question mark on, or null.</param>
internal readonly struct ZaqarQuery(string? text)
{
    public QueryStringEnumerable.Enumerator GetEnumerator() => new QueryStringEnumerable(text).GetEnumerator();

    /// <summary>A count of things wanted.</summary>
    /// <exception cref="ZaqarRefusal">It is no integer, or not 1 to <paramref name="max"/>.</exception>
    public static int Count(string name, ReadOnlySpan<char> value, int max)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && !IsInteger(value))
            throw ZaqarRefusal.Parameter($"The parameter {name} must be an integer; it is '{value}'.");
        return count >= 1 && count <= max ? count : throw ZaqarRefusal.Request($"The parameter {name} must be 1 to {max}; it is {value}.");
    }

    /// <summary>How long to wait, in seconds; what is out of bounds counts as the nearest bound.</summary>
    /// <exception cref="ZaqarRefusal">It is no integer.</exception>
    public static TimeSpan Wait(ReadOnlySpan<char> value, int secondsMax)
    {
        if (!IsInteger(value)) throw ZaqarRefusal.Parameter($"The parameter wait must be an integer of seconds; it is '{value}'.");
        var seconds = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) ? count : value[0] == '-' ? 0 : secondsMax;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, secondsMax));
    }

    /// <exception cref="ZaqarRefusal">It is none of the spellings that Zaqar knows; they are compared exactly.</exception>
    public static bool Flag(string name, ReadOnlySpan<char> value) => value switch
    {
        "true" or "True" or "1" or "yes" or "on" or "t" => true,
        "false" or "False" or "0" or "no" or "off" or "f" => false,
        _ => throw ZaqarRefusal.Parameter($"The parameter {name} must be true or false; it is '{value}'."),
    };

    /// <summary>Adds the ids of a comma-separated list; empty ones are left out.</summary>
    public static void AddIds(List<string> ids, ReadOnlySpan<char> value)
    {
        foreach (var range in value.Split(','))
            if (!value[range].IsEmpty) ids.Add(value[range].ToString());
    }

    /// <summary>True for an integer of any size.</summary>
    private static bool IsInteger(ReadOnlySpan<char> value)
    {
        var digits = value.StartsWith('-') || value.StartsWith('+') ? value[1..] : value;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
