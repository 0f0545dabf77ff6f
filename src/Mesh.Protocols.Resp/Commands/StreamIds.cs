using System.Buffers.Text;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Stream ids in arguments, with Redis's errors.</summary>
internal static class StreamIds
{
    public const string Invalid = "ERR Invalid stream ID specified as stream command argument";

    /// <summary>Reads <c>ms-number</c>, or <c>ms</c> alone with the number given.</summary>
    public static RingId Parse(ReadOnlySpan<byte> text, ulong numberIfMissing) =>
        TryParse(text, numberIfMissing, out var id) ? id : throw new RespErrorException(Invalid);

    public static bool TryParse(ReadOnlySpan<byte> text, ulong numberIfMissing, out RingId id)
    {
        id = default;
        var dash = text.IndexOf((byte)'-');
        var milliseconds = dash < 0 ? text : text[..dash];
        if (!TryParseNumber(milliseconds, out var first)) return false;
        var second = numberIfMissing;
        if (dash >= 0 && !TryParseNumber(text[(dash + 1)..], out second)) return false;
        id = new RingId(first, second);
        return true;
    }

    /// <summary>The start of a range: <c>-</c>, an id, or <c>(</c> and an id to begin after it.</summary>
    public static RingId ParseStart(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("-"u8)) return RingId.None;
        if (text.SequenceEqual("+"u8)) return RingId.Max;
        if (text.IsEmpty || text[0] != '(') return Parse(text, 0);
        return Parse(text[1..], 0).Next() ?? throw new RespErrorException("ERR invalid start ID for the interval");
    }

    /// <summary>The end of a range: <c>+</c>, an id, or <c>(</c> and an id to end before it.</summary>
    public static RingId ParseEnd(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("+"u8)) return RingId.Max;
        if (text.SequenceEqual("-"u8)) return RingId.None;
        if (text.IsEmpty || text[0] != '(') return Parse(text, ulong.MaxValue);
        return Parse(text[1..], ulong.MaxValue).Previous() ?? throw new RespErrorException("ERR invalid end ID for the interval");
    }

    private static bool TryParseNumber(ReadOnlySpan<byte> text, out ulong value) => Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && used > 0;
}
