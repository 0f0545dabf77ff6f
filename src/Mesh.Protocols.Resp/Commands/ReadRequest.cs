using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>What XREAD and XREADGROUP have in common: <c>[GROUP group consumer] [COUNT n] [BLOCK ms] [NOACK] STREAMS key … id …</c>.</summary>
/// <param name="Count">Entries of each stream, at most; without an end where none is given.</param>
/// <param name="Block">How long to wait; null does not.</param>
/// <param name="Group">The group; null for XREAD.</param>
/// <param name="Consumer">The group's consumer.</param>
/// <param name="IsAcknowledged">NOACK.</param>
/// <param name="Streams">At least one.</param>
internal sealed record ReadRequest(int Count, TimeSpan? Block, string? Group, string? Consumer, bool IsAcknowledged, IReadOnlyList<ReadRequest.Stream> Streams)
{
    public static ReadRequest Parse(RespSession session, RespArguments arguments, bool isGroup)
    {
        var (count, isAcknowledged, streams) = (int.MaxValue, false, -1);
        TimeSpan? block = null;
        string? group = null, consumer = null;
        for (var at = 1; at < arguments.Count && streams < 0; at++)
        {
            var more = arguments.Count - at - 1;
            if (more > 0 && arguments.Is(at, "BLOCK"u8)) block = ParseBlock(arguments[++at]);
            else if (more > 0 && arguments.Is(at, "COUNT"u8)) count = ParseCount(arguments[++at]);
            else if (more > 0 && arguments.Is(at, "STREAMS"u8)) streams = at + 1;
            else if (!isGroup && more > 1 && arguments.Is(at, "GROUP"u8)) throw OnlyOfGroups("GROUP");
            else if (!isGroup && arguments.Is(at, "NOACK"u8)) throw OnlyOfGroups("NOACK");
            else if (more > 1 && arguments.Is(at, "GROUP"u8)) (group, consumer) = (session.GroupName(arguments[++at]), session.GroupName(arguments[++at]));
            else if (arguments.Is(at, "NOACK"u8)) isAcknowledged = true;
            else throw Refusals.Syntax();
            if (streams > 0 && more % 2 != 0)
                throw new RespErrorException("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
        }

        if (streams < 0) throw Refusals.Syntax();
        if (isGroup && group is null) throw new RespErrorException("ERR Missing GROUP option for XREADGROUP");
        return new ReadRequest(count, block, group, consumer, isAcknowledged, ParseStreams(session, arguments.From(streams)));
    }

    private static Stream[] ParseStreams(RespSession session, RespArguments arguments)
    {
        var streams = new Stream[arguments.Count / 2];
        for (var i = 0; i < streams.Length; i++) streams[i] = Stream.Parse(session.RingKeyOf(arguments[i], out var ring), ring, arguments[streams.Length + i]);
        return streams;
    }

    private static int ParseCount(ReadOnlySpan<byte> text) =>
        Numbers.Parse(text) is > 0 and var wanted ? (int)Math.Min(wanted, int.MaxValue) : int.MaxValue;

    private static TimeSpan ParseBlock(ReadOnlySpan<byte> text)
    {
        if (!Numbers.TryParse(text, out var milliseconds)) throw new RespErrorException("ERR timeout is not an integer or out of range");
        if (milliseconds < 0) throw new RespErrorException("ERR timeout is negative");
        return milliseconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
    }

    private static RespErrorException OnlyOfGroups(string option) => new($"ERR The {option} option is only supported by XREADGROUP. You called XREAD instead.");

    /// <summary>Where in a stream to read.</summary>
    internal enum Place
    {
        /// <summary>After an id.</summary>
        AfterId,

        /// <summary><c>$</c>: what comes from now on.</summary>
        Now,

        /// <summary><c>&gt;</c>: what the group has not delivered.</summary>
        New,

        /// <summary>The argument is none of these.</summary>
        Invalid,
    }

    /// <summary>One stream to read.</summary>
    /// <param name="Key">Its key.</param>
    /// <param name="Ring">The stream.</param>
    /// <param name="Place">Where.</param>
    /// <param name="After">The id, with <see cref="Place.AfterId"/>.</param>
    internal readonly record struct Stream(byte[] Key, IRing Ring, Place Place, RingId After)
    {
        public static Stream Parse(byte[] key, IRing ring, ReadOnlySpan<byte> text)
        {
            if (text.SequenceEqual("$"u8)) return new Stream(key, ring, Place.Now, default);
            if (text.SequenceEqual(">"u8)) return new Stream(key, ring, Place.New, default);
            return StreamIds.TryParse(text, 0, out var id) ? new Stream(key, ring, Place.AfterId, id) : new Stream(key, ring, Place.Invalid, default);
        }
    }
}
