using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>MAXLEN or MINID with a threshold, as XADD and XTRIM take it. An approximate trim (<c>~</c>) is exact here, and its LIMIT has no effect.</summary>
/// <param name="KeepCount">Set by MAXLEN.</param>
/// <param name="KeepFrom">Set by MINID.</param>
internal readonly record struct TrimOption(long? KeepCount, RingId? KeepFrom)
{
    public bool IsSet => KeepCount is not null || KeepFrom is not null;

    /// <summary>Reads the option at <paramref name="at"/> and moves past it.</summary>
    /// <returns>False when no such option stands there.</returns>
    public static bool TryRead(RespArguments arguments, ref int at, ref TrimOption option)
    {
        var isCount = arguments.Is(at, "MAXLEN"u8);
        if (!isCount && !arguments.Is(at, "MINID"u8)) return false;
        if (option.IsSet) throw new RespErrorException("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
        at++;
        var isApproximate = at < arguments.Count && arguments[at].SequenceEqual("~"u8);
        if (isApproximate || (at < arguments.Count && arguments[at].SequenceEqual("="u8))) at++;
        if (at >= arguments.Count) throw Refusals.Syntax();
        option = isCount ? new TrimOption(ParseCount(arguments[at]), null) : new TrimOption(null, StreamIds.Parse(arguments[at], 0));
        at++;
        SkipLimit(arguments, ref at, isApproximate);
        return true;
    }

    private static long ParseCount(ReadOnlySpan<byte> text) =>
        Numbers.Parse(text) is >= 0 and var count ? count : throw new RespErrorException("ERR The MAXLEN argument must be >= 0.");

    private static void SkipLimit(RespArguments arguments, ref int at, bool isApproximate)
    {
        if (at + 1 >= arguments.Count || !arguments.Is(at, "LIMIT"u8)) return;
        if (!isApproximate) throw new RespErrorException("ERR syntax error, LIMIT cannot be used without the special ~ option");
        if (Numbers.Parse(arguments[at + 1]) < 0) throw new RespErrorException("ERR The LIMIT argument must be >= 0.");
        at += 2;
    }
}
