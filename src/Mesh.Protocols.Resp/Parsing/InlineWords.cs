using System.Globalization;
using System.Text;

namespace Mesh.Protocols.Resp.Parsing;

/// <summary>The words of an inline command, as Redis splits them: blanks between, single and double quotes around, escapes within double quotes.</summary>
internal sealed class InlineWords
{
    private readonly List<byte[]> _words = [];

    public int Count => _words.Count;

    /// <exception cref="RespProtocolException">A quote is not closed, or text follows one.</exception>
    public static InlineWords Split(ReadOnlySpan<byte> line, int wordsMax)
    {
        var words = new InlineWords();
        for (var at = 0; at < line.Length;)
        {
            if (IsBlank(line[at]))
            {
                at++;
                continue;
            }

            if (words.Count == wordsMax) throw new RespProtocolException("Protocol error: too big inline request");
            words._words.Add(ReadWord(line, ref at));
        }

        return words;
    }

    /// <summary>The words as an array of bulk strings, so that they are like those of any other command.</summary>
    public ReadOnlyMemory<byte> Encode(ref ArgumentPlace[] places)
    {
        if (places.Length < _words.Count) places = new ArgumentPlace[_words.Count];
        var frame = new List<byte>();
        for (var i = 0; i < _words.Count; i++)
        {
            var header = frame.Count;
            frame.AddRange(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${_words[i].Length}\r\n")));
            places[i] = new ArgumentPlace(header, frame.Count, _words[i].Length);
            frame.AddRange(_words[i]);
            frame.AddRange("\r\n"u8);
        }

        return frame.ToArray();
    }

    private static byte[] ReadWord(ReadOnlySpan<byte> line, ref int at)
    {
        var word = new List<byte>();
        while (at < line.Length && !IsBlank(line[at]))
        {
            var quote = line[at];
            if (quote is not ((byte)'"' or (byte)'\''))
            {
                word.Add(line[at++]);
                continue;
            }

            at++;
            while (at < line.Length && line[at] != quote) word.Add(ReadQuoted(line, ref at, quote));
            if (at == line.Length || (at + 1 < line.Length && !IsBlank(line[at + 1]))) throw new RespProtocolException("Protocol error: unbalanced quotes in request");
            at++;
        }

        return [.. word];
    }

    private static byte ReadQuoted(ReadOnlySpan<byte> line, ref int at, byte quote)
    {
        var value = line[at++];
        if (value != '\\' || at == line.Length) return value;
        if (quote == '\'') return line[at] == '\'' ? line[at++] : value;
        var escape = line[at++];
        if (escape == 'x' && at + 1 < line.Length && char.IsAsciiHexDigit((char)line[at]) && char.IsAsciiHexDigit((char)line[at + 1]))
        {
            at += 2;
            return Convert.FromHexString(Encoding.ASCII.GetString(line.Slice(at - 2, 2)))[0];
        }

        return escape switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            _ => escape,
        };
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0x0B or 0x0C;
}
