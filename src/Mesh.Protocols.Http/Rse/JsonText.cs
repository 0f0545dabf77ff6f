using System.Buffers;
using System.Text.Unicode;

namespace Mesh.Protocols.Http.Rse;

/// <summary>What a text is that was posted as an event.</summary>
internal enum JsonVerdict
{
    Acceptable,
    Invalid,
    TooDeep,
    NotUtf8,
}

/// <summary>
/// Decides which texts are events (RSE specification, section 2.4): an object or an array, as RFC 8259 writes them. Where the original takes more, so do we:
/// control characters within strings other than BS, LF, FF and CR, and zeros in front after a minus. It also takes tabs between tokens, which the original
/// refuses against the standard. Works in constant memory, in one pass.
/// </summary>
internal ref struct JsonText
{
    /// <summary>Objects and arrays within one another.</summary>
    public const int DepthMax = 512;

    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\\b\n\f\r"u8);

    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    private JsonText(ReadOnlySpan<byte> text) => _text = text;

    public static JsonVerdict Judge(ReadOnlySpan<byte> text) =>
        Utf8.IsValid(text) ? new JsonText(text).Judge() : JsonVerdict.NotUtf8;

    private JsonVerdict Judge()
    {
        Span<bool> isObject = stackalloc bool[DepthMax];
        var depth = 0;
        SkipBlanks();
        if (Peek() is not ((byte)'{' or (byte)'[')) return JsonVerdict.Invalid;
        while (true)
        {
            // Here a value begins.
            if (Peek() is (byte)'{' or (byte)'[')
            {
                if (depth == DepthMax) return JsonVerdict.TooDeep;
                isObject[depth] = _text[_at++] == '{';
                SkipBlanks();
                if (!TakeClosing(isObject[depth++]))
                {
                    if (isObject[depth - 1] && !TakeName()) return JsonVerdict.Invalid;
                    continue;
                }

                depth--;
            }
            else if (!TakeScalar())
            {
                return JsonVerdict.Invalid;
            }

            // Here a value has ended: as many objects and arrays may end with it.
            SkipBlanks();
            while (depth > 0 && TakeClosing(isObject[depth - 1]))
            {
                depth--;
                SkipBlanks();
            }

            if (depth == 0) return _at == _text.Length ? JsonVerdict.Acceptable : JsonVerdict.Invalid;
            if (!Take((byte)',')) return JsonVerdict.Invalid;
            SkipBlanks();
            if (isObject[depth - 1] && !TakeName()) return JsonVerdict.Invalid;
        }
    }

    private bool TakeClosing(bool ofObject) => Take(ofObject ? (byte)'}' : (byte)']');

    private bool TakeName()
    {
        if (!TakeString()) return false;
        SkipBlanks();
        if (!Take((byte)':')) return false;
        SkipBlanks();
        return true;
    }

    private bool TakeScalar() => Peek() switch
    {
        (byte)'"' => TakeString(),
        (byte)'t' => TakeWord("true"u8),
        (byte)'f' => TakeWord("false"u8),
        (byte)'n' => TakeWord("null"u8),
        _ => TakeNumber(),
    };

    private bool TakeString()
    {
        if (!Take((byte)'"')) return false;
        while (true)
        {
            var plain = _text[_at..].IndexOfAny(StringEnds);
            if (plain < 0) return false;
            _at += plain + 1;
            switch (_text[_at - 1])
            {
                case (byte)'"': return true;
                case (byte)'\\' when TakeEscape(): break;
                default: return false;
            }
        }
    }

    private bool TakeEscape()
    {
        if (_at >= _text.Length) return false;
        var kind = _text[_at++];
        if (kind != 'u') return "\"\\/bfnrt"u8.Contains(kind);
        if (_text.Length - _at < 4) return false;
        for (var end = _at + 4; _at < end; _at++)
            if (!char.IsAsciiHexDigit((char)_text[_at])) return false;
        return true;
    }

    private bool TakeWord(ReadOnlySpan<byte> word)
    {
        if (!_text[_at..].StartsWith(word)) return false;
        _at += word.Length;
        return true;
    }

    private bool TakeNumber()
    {
        if (Take((byte)'-'))
        {
            if (!TakeDigits()) return false;
        }
        else if (!Take((byte)'0') && !TakeDigits())
        {
            return false;
        }

        if (Take((byte)'.') && !TakeDigits()) return false;
        if (!Take((byte)'e') && !Take((byte)'E')) return true;
        if (!Take((byte)'+')) Take((byte)'-');
        return TakeDigits();
    }

    private bool TakeDigits()
    {
        var rest = _text[_at..];
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) digits = rest.Length;
        _at += digits;
        return digits > 0;
    }

    private readonly int Peek() => _at < _text.Length ? _text[_at] : -1;

    private bool Take(byte wanted)
    {
        if (Peek() != wanted) return false;
        _at++;
        return true;
    }

    private void SkipBlanks()
    {
        while (Peek() is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') _at++;
    }
}
