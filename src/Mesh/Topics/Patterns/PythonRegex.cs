using System.Text;

namespace Mesh.Topics.Patterns;

/// <summary>
/// Translates one Python regular expression into one that .NET's linear-time engine takes and that matches the same topics. Groups do not
/// capture, because nothing could refer to them. Refused, by name: back references, lookaround, conditions, atomic groups, possessive
/// repetition, and the flags <c>a</c> and <c>L</c>. A character beyond U+FFFF is matched whole; <c>.</c> and a set see its two halves.
/// </summary>
internal sealed class PythonRegex(string pattern)
{
    /// <summary>Largest pattern with its repetitions written out, in parts: the bound of what one match costs for a character.</summary>
    public const int UnfoldedMax = 2000;

    /// <summary>Groups within groups.</summary>
    public const int DepthMax = 50;

    private readonly PatternText _text = new(pattern);
    private readonly StringBuilder _translated = new();
    private readonly PatternSize _size = new(UnfoldedMax);
    private readonly Stack<bool> _verboseOutside = new();
    private bool _verbose;

    /// <returns>One group, with nothing outside it.</returns>
    /// <exception cref="PatternException">What of it cannot be translated.</exception>
    public string Translate()
    {
        _translated.Append("(?:");
        var groups = 1 + TakeGlobalFlags();
        while (!_text.AtEnd) TakeNext();
        if (_size.IsOpen) throw new PatternException("a '(' is not closed.");
        return _translated.Append(')', groups).ToString();
    }

    /// <summary>Flags at the start hold for the whole pattern; here each becomes a group around it.</summary>
    /// <returns>Groups opened.</returns>
    private int TakeGlobalFlags()
    {
        for (var groups = 0; ; groups++)
        {
            var start = _text.Position;
            if (!_text.TryTake("(?")) return groups;
            var flags = PatternFlags.TryTake(_text);
            if (flags is null || !_text.TryTake(')'))
            {
                _text.Position = start;
                return groups;
            }

            _verbose |= flags.Verbose == true;
            _translated.Append(flags.ToGroup());
        }
    }

    private void TakeNext()
    {
        var next = _text.Take();
        if (_verbose && SkipsComment(next)) return;
        switch (next)
        {
            case '(':
                TakeGroup();
                break;
            case ')':
                CloseGroup();
                break;
            case '[':
                _translated.Append(PatternSet.Take(_text));
                _size.Item(1);
                break;
            case '\\':
                TakeEscape();
                break;
            case '*' or '+' or '?' or '{':
                TakeRepeat(next);
                break;
            case '|' or '^' or '$':
                _translated.Append(next);
                _size.Mark();
                break;
            case '.':
                _translated.Append(next);
                _size.Item(1);
                break;
            default:
                AppendLiteral(char.IsSurrogate(next) ? new Rune(next, _text.Take()) : new Rune(next));
                break;
        }
    }

    private bool SkipsComment(char next)
    {
        if (next == '#')
        {
            while (!_text.AtEnd && _text.Take() != '\n')
            {
            }
        }

        return next is '#' or ' ' or '\t' or '\n' or '\r' or '\f' or '\v';
    }

    private void TakeGroup()
    {
        if (!_text.TryTake('?'))
        {
            OpenGroup("(?:", _verbose);
            return;
        }

        if (_text.TryTake('#'))
        {
            _text.TakeUntil(')', "the comment '(?#'");
            return;
        }

        RefuseWhatIsNotLinear();
        if (_text.TryTake("P<"))
        {
            CheckName(_text.TakeUntil('>', "the group's name"));
            OpenGroup("(?:", _verbose);
            return;
        }

        var flags = PatternFlags.TryTake(_text) ?? throw new PatternException($"'(?{_text.Peek}' begins no group.");
        if (_text.TryTake(')')) throw new PatternException("flags for all of it must stand at its start; use '(?i:...)' for a part.");
        if (!_text.TryTake(':')) throw new PatternException($"after '(?' and flags comes ':' or ')', not '{_text.Peek}'.");
        OpenGroup(flags.ToGroup(), flags.Verbose ?? _verbose);
    }

    private void RefuseWhatIsNotLinear()
    {
        if (_text.TryTake("P=")) throw new PatternException("'(?P=' is a back reference, which no linear-time match can follow.");
        if (_text.Peek is '=' or '!' || _text.TryTake("<=") || _text.TryTake("<!"))
            throw new PatternException("lookaround ('(?=', '(?!', '(?<=', '(?<!') cannot be matched in linear time.");
        if (_text.Peek == '(') throw new PatternException("a condition ('(?(') cannot be matched in linear time.");
        if (_text.Peek == '>') throw new PatternException("an atomic group ('(?>') cannot be matched in linear time.");
    }

    private static void CheckName(string name)
    {
        var isName = name.Length > 0 && !char.IsDigit(name[0]) && name.All(c => c == '_' || char.IsLetterOrDigit(c));
        if (!isName) throw new PatternException($"'{name}' is no name of a group.");
    }

    private void OpenGroup(string opening, bool verbose)
    {
        _size.Open();
        _verboseOutside.Push(_verbose);
        _verbose = verbose;
        _translated.Append(opening);
    }

    private void CloseGroup()
    {
        if (!_size.TryClose()) throw new PatternException("a ')' has no '('.");
        _verbose = _verboseOutside.Pop();
        _translated.Append(')');
    }

    private void TakeEscape()
    {
        switch (_text.Peek)
        {
            case 'A' or 'b' or 'B':
                _translated.Append('\\').Append(_text.Take());
                _size.Mark();
                break;
            case 'Z' or 'z':
                _text.Take();
                _translated.Append(@"\z");
                _size.Mark();
                break;
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W':
                _translated.Append('\\').Append(_text.Take());
                _size.Item(1);
                break;
            default:
                AppendLiteral(_text.TakeEscaped(inSet: false));
                break;
        }
    }

    private void TakeRepeat(char sign)
    {
        int? most = sign == '?' ? 1 : null;
        var least = sign == '+' ? 1 : 0;
        if (sign == '{' && !TryTakeCounts(out least, out most))
        {
            AppendLiteral(new Rune('{'));
            return;
        }

        // Without an upper bound there is one more part than the fewest: the one that repeats.
        _size.Repeat(sign, most ?? least + 1);
        _translated.Append(sign == '{' ? most is null ? $"{{{least},}}" : $"{{{least},{most}}}" : sign);
        if (_text.TryTake('?')) _translated.Append('?');
        else if (_text.TryTake('+')) throw new PatternException($"possessive repetition ('{sign}+') cannot be matched in linear time.");
    }

    /// <summary>Reads <c>3}</c>, <c>3,5}</c>, <c>3,}</c>, <c>,5}</c> or <c>,}</c>; with anything else the brace stands for itself.</summary>
    private bool TryTakeCounts(out int least, out int? most)
    {
        var start = _text.Position;
        var from = _text.TakeNumber();
        var hasComma = _text.TryTake(',');
        most = hasComma ? _text.TakeNumber() : from;
        least = from ?? 0;
        if ((from is null && !hasComma) || !_text.TryTake('}'))
        {
            _text.Position = start;
            return false;
        }

        return most is null || least <= most ? true : throw new PatternException($"'{{{least},{most}}}' has fewer at most than at least.");
    }

    private void AppendLiteral(Rune character)
    {
        _translated.Append(PatternLiteral.Outside(character));
        _size.Item(1);
    }
}
