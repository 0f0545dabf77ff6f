using System.Text;

namespace Mesh.Topics.Patterns;

/// <summary>A set of characters, <c>[…]</c>. Python knows no sets within sets; .NET does, so every bracket and hyphen is written as itself.</summary>
internal static class PatternSet
{
    /// <summary>Reads what follows the opening bracket, to the closing one.</summary>
    /// <returns>The set for .NET.</returns>
    /// <exception cref="PatternException">It is not closed, or malformed.</exception>
    public static string Take(PatternText text)
    {
        var translated = new StringBuilder("[");
        if (text.TryTake('^')) translated.Append('^');
        var first = true;
        while (first || text.Peek != ']' || text.AtEnd)
        {
            if (text.AtEnd) throw new PatternException("a '[' is not closed.");
            first = false;
            TakeElement(text, translated);
        }

        text.Take();
        return translated.Append(']').ToString();
    }

    private static void TakeElement(PatternText text, StringBuilder translated)
    {
        var from = TakeCharacter(text, out var category);
        if (category is not null) translated.Append(category);
        else translated.Append(PatternLiteral.InSet(from));
        var start = text.Position;
        if (!text.TryTake('-')) return;
        if (text.AtEnd || text.Peek == ']')
        {
            text.Position = start; // a hyphen before the end stands for itself
            if (!text.AtEnd) translated.Append(PatternLiteral.InSet(text.Take()));
            return;
        }

        var to = TakeCharacter(text, out var categoryAfter);
        if (category is not null || categoryAfter is not null) throw new PatternException("a range in a set goes from one character to another.");
        if (to < from) throw new PatternException($"the range '{from}-{to}' in a set goes backwards.");
        translated.Append('-').Append(PatternLiteral.InSet(to));
    }

    private static char TakeCharacter(PatternText text, out string? category)
    {
        category = null;
        var next = text.Take();
        if (next != '\\') return Single(char.IsSurrogate(next) ? new Rune(next, text.Take()) : new Rune(next));
        if (text.Peek is not ('d' or 'D' or 's' or 'S' or 'w' or 'W')) return Single(text.TakeEscaped(inSet: true));
        category = $@"\{text.Take()}";
        return default;
    }

    private static char Single(Rune character) => character.IsBmp
        ? (char)character.Value
        : throw new PatternException($"'{character}' is beyond U+FFFF and cannot stand in a set; use '(?:a|b)'.");
}
