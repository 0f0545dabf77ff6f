using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>XRANGE key start end [COUNT n]</c>, and <c>XREVRANGE key end start [COUNT n]</c>.</summary>
internal sealed class XRangeCommand(bool backwards) : RespCommand(backwards ? "xrevrange" : "xrange", -4)
{
    private const int PageRecords = 10_000;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var start = StreamIds.ParseStart(arguments[backwards ? 3 : 2]);
        var end = StreamIds.ParseEnd(arguments[backwards ? 2 : 3]);
        var count = long.MaxValue;
        for (var at = 4; at < arguments.Count; at += 2)
        {
            if (at + 1 == arguments.Count || !arguments.Is(at, "COUNT"u8)) throw Refusals.Syntax();
            count = Math.Max(0, Numbers.Parse(arguments[at + 1]));
        }

        var ring = session.Ring(arguments[1]);
        return count == 0 ? NothingAsync(session, ring) : RunAsync(session, ring, start, end, count);
    }

    /// <summary>Nothing was asked for: Redis answers a null, or an empty array for a stream that does not exist.</summary>
    private static async ValueTask NothingAsync(RespSession session, IRing ring)
    {
        if ((await ring.StateAsync()).Number is null) session.Reply.ArrayHeader(0);
        else session.WriteNullArray();
    }

    private async ValueTask RunAsync(RespSession session, IRing ring, RingId start, RingId end, long count)
    {
        var pages = new List<RecordPage>();
        var records = 0;
        long bytes = 0;
        while (start <= end)
        {
            var page = await ring.RangeAsync(start, end, (int)Math.Min(count - records, PageRecords), backwards);
            if (page.Count == 0) break;
            pages.Add(page);
            records += page.Count;
            bytes += Entries.BytesOf(page);
            if (bytes > session.Options.ReplyBytesMax) throw TooMuch(session.Options.ReplyBytesMax);
            if (records == count) break;
            var last = Entries.LastOf(page);
            if ((backwards ? last.Previous() : last.Next()) is not { } beyond) break;
            if (backwards) end = beyond;
            else start = beyond;
        }

        session.Reply.ArrayHeader(records);
        foreach (var page in pages) Entries.Write(session.Reply, page);
    }

    private static RespErrorException TooMuch(int bytesMax) =>
        new($"ERR The range holds more than {bytesMax} bytes. Ask for less with COUNT, and go on after the last id.");
}
