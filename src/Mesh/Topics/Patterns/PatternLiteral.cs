using System.Globalization;
using System.Text;

namespace Mesh.Topics.Patterns;

/// <summary>One character that stands for itself, written for .NET.</summary>
internal static class PatternLiteral
{
    /// <summary>Outside a set: one item, which can be repeated.</summary>
    public static string Outside(Rune character)
    {
        if (!character.IsBmp) return $"(?:{character})";
        var text = (char)character.Value;
        return @"\*+?|{}[]()^$.#".Contains(text, StringComparison.Ordinal) ? $@"\{text}" : Plain(text);
    }

    /// <summary>In a set.</summary>
    public static string InSet(char character) => @"\[]^-".Contains(character, StringComparison.Ordinal) ? $@"\{character}" : Plain(character);

    private static string Plain(char text) =>
        char.IsControl(text) || char.IsWhiteSpace(text) ? string.Create(CultureInfo.InvariantCulture, $@"\u{(int)text:x4}") : text.ToString();
}
