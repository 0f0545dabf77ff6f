using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>
/// What stands behind the key of XADD and XTRIM: <c>[NOMKSTREAM] [MAXLEN|MINID [=|~] threshold] [LIMIT n]</c> in any order and then, of XADD, the id. What is
/// wrong is said of the same part as Redis does when more than one is.
/// </summary>
/// <param name="MustExist">NOMKSTREAM.</param>
/// <param name="Trim">What is trimmed; of XTRIM always set.</param>
/// <param name="Id">Null for <c>*</c>.</param>
/// <param name="FieldsAt">The first argument behind the id.</param>
internal readonly record struct AddOrTrimOptions(bool MustExist, TrimOption Trim, WantedId? Id, int FieldsAt)
{
    /// <exception cref="RespErrorException">They are not as Redis takes them.</exception>
    public static AddOrTrimOptions Read(RespArguments arguments, bool isAdd)
    {
        var options = default(AddOrTrimOptions);
        var isApproximate = false;
        long? limit = null;
        var at = 2;
        for (; at < arguments.Count && !(isAdd && arguments.Is(at, "*"u8)); at++)
        {
            var hasMore = at + 1 < arguments.Count;
            if (hasMore && (arguments.Is(at, "MAXLEN"u8) || arguments.Is(at, "MINID"u8)))
            {
                if (options.Trim.IsSet) throw new RespErrorException("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
                options = options with { Trim = ReadTrim(arguments, ref at, out isApproximate) };
            }
            else if (hasMore && arguments.Is(at, "LIMIT"u8))
            {
                limit = ParseCount(arguments[++at], "LIMIT");
            }
            else if (isAdd && arguments.Is(at, "NOMKSTREAM"u8))
            {
                options = options with { MustExist = true };
            }
            else if (isAdd)
            {
                options = options with { Id = WantedId.Parse(arguments[at]) };
                break;
            }
            else
            {
                throw Refusals.Syntax();
            }
        }

        CheckLimit(options.Trim.IsSet, isAdd, limit, isApproximate);
        return options with { Trim = options.Trim with { DropMax = limit is > 0 and var most ? most : long.MaxValue }, FieldsAt = at + 1 };
    }

    private static TrimOption ReadTrim(RespArguments arguments, ref int at, out bool isApproximate)
    {
        var isCount = arguments.Is(at++, "MAXLEN"u8);
        var hasMore = at + 1 < arguments.Count;
        isApproximate = hasMore && arguments.Is(at, "~"u8);
        if (isApproximate || (hasMore && arguments.Is(at, "="u8))) at++;
        return isCount ? new TrimOption(ParseCount(arguments[at], "MAXLEN"), null, 0) : new TrimOption(null, StreamIds.Parse(arguments[at], 0), 0);
    }

    private static long ParseCount(ReadOnlySpan<byte> text, string option) =>
        Numbers.Parse(text) is >= 0 and var count ? count : throw new RespErrorException($"ERR The {option} argument must be >= 0.");

    private static void CheckLimit(bool isTrim, bool isAdd, long? limit, bool isApproximate)
    {
        if (limit > 0 && !isTrim) throw new RespErrorException("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
        if (!isAdd && !isTrim) throw new RespErrorException("ERR syntax error, XTRIM must be called with a trimming strategy");
        if (limit is not null && !isApproximate) throw new RespErrorException("ERR syntax error, LIMIT cannot be used without the special ~ option");
    }
}
