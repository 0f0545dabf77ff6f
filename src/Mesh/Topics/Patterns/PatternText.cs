using System.Globalization;
using System.Text;

namespace Mesh.Topics.Patterns;

/// <summary>A pattern being read, character by character, and the characters that its escapes stand for (Python's <c>re</c>, "Regular Expression Syntax").</summary>
internal sealed class PatternText(string pattern)
{
    private int _at;

    public bool AtEnd => _at >= pattern.Length;

    /// <summary>How far it was read.</summary>
    public int Position
    {
        get => _at;
        set => _at = value;
    }

    /// <summary>The next character, not taken; NUL at the end.</summary>
    public char Peek => AtEnd ? '\0' : pattern[_at];

    public char Take() => AtEnd ? throw new PatternException("it ends too early.") : pattern[_at++];

    public bool TryTake(char expected)
    {
        if (AtEnd || pattern[_at] != expected) return false;
        _at++;
        return true;
    }

    public bool TryTake(string expected)
    {
        if (string.CompareOrdinal(pattern, _at, expected, 0, expected.Length) != 0) return false;
        _at += expected.Length;
        return true;
    }

    /// <summary>Takes everything up to <paramref name="end"/>, and it.</summary>
    public string TakeUntil(char end, string what)
    {
        var found = pattern.IndexOf(end, _at);
        if (found < 0) throw new PatternException($"{what} is not closed by '{end}'.");
        var taken = pattern[_at..found];
        _at = found + 1;
        return taken;
    }

    /// <summary>Takes decimal digits.</summary>
    /// <returns>Null when there are none. At most <see cref="PythonRegex.UnfoldedMax"/> + 1.</returns>
    public int? TakeNumber()
    {
        if (!char.IsAsciiDigit(Peek)) return null;
        var number = 0;
        while (char.IsAsciiDigit(Peek)) number = Math.Min(PythonRegex.UnfoldedMax + 1, (number * 10) + (Take() - '0'));
        return number;
    }

    /// <summary>Reads what follows a backslash and stands for one character, in a set or out of it.</summary>
    public Rune TakeEscaped(bool inSet)
    {
        var escape = Take();
        switch (escape)
        {
            case 'a': return new Rune('\a');
            case 'f': return new Rune('\f');
            case 'n': return new Rune('\n');
            case 'r': return new Rune('\r');
            case 't': return new Rune('\t');
            case 'v': return new Rune('\v');
            case 'b' when inSet: return new Rune('\b');
            case 'x': return TakeHex('x', 2);
            case 'u': return TakeHex('u', 4);
            case 'U': return TakeHex('U', 8);
            case >= '0' and <= '9': return TakeOctal(escape, inSet);
            default:
                if (char.IsAsciiLetter(escape)) throw new PatternException($"'\\{escape}' is no escape.");
                return char.IsSurrogate(escape) ? new Rune(escape, Take()) : new Rune(escape);
        }
    }

    private Rune TakeHex(char escape, int digits)
    {
        var text = _at + digits <= pattern.Length ? pattern.AsSpan(_at, digits) : default;
        if (!uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || !Rune.IsValid(value))
            throw new PatternException($"'\\{escape}' takes {digits} hexadecimal digits of a character.");
        _at += digits;
        return new Rune(value);
    }

    /// <summary>After 0, up to two more octal digits; else exactly three: anything else is a back reference.</summary>
    private Rune TakeOctal(char first, bool inSet)
    {
        var digits = new StringBuilder().Append(first);
        while (digits.Length < 3 && Peek is >= '0' and <= '7') digits.Append(Take());
        var text = digits.ToString();
        var isOctal = first == '0' || (text.Length == 3 && first <= '3');
        if (!isOctal && !inSet) throw new PatternException($"'\\{text}' is a back reference, which no linear-time match can follow.");
        if (!isOctal && first > '7') throw new PatternException($"'\\{text}' is no escape.");
        return new Rune(Convert.ToInt32(text, 8));
    }
}
