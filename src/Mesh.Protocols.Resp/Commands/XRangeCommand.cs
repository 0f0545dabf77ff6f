using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>XRANGE key start end [COUNT n]</c>, and <c>XREVRANGE key end start [COUNT n]</c>.</summary>
internal sealed class XRangeCommand(bool backwards) : RespCommand(backwards ? "xrevrange" : "xrange", -4)
{
    private const int PageRecords = 10_000;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        long count = -1;
        if (arguments.Count > 4)
        {
            if (arguments.Count != 6 || !arguments.Is(4, "COUNT"u8)) throw new RespErrorException("ERR syntax error");
            count = Math.Max(0, Numbers.Parse(arguments[5]));
        }

        var start = StreamIds.ParseStart(arguments[backwards ? 3 : 2]);
        var end = StreamIds.ParseEnd(arguments[backwards ? 2 : 3]);
        return RunAsync(session, session.Ring(arguments[1]), start, end, count < 0 ? long.MaxValue : count);
    }

    private async ValueTask RunAsync(RespSession session, IRing ring, RingId start, RingId end, long count)
    {
        var pages = new List<RecordPage>();
        var records = 0;
        while (records < count && start <= end)
        {
            var page = await ring.RangeAsync(start, end, (int)Math.Min(count - records, PageRecords), backwards);
            if (page.Count == 0) break;
            pages.Add(page);
            records += page.Count;
            var last = LastId(page);
            if ((backwards ? last.Previous() : last.Next()) is not { } beyond) break;
            if (backwards) end = beyond;
            else start = beyond;
        }

        session.Reply.ArrayHeader(records);
        foreach (var page in pages) Entries.Write(session.Reply, page);
    }

    private static RingId LastId(RecordPage page)
    {
        var last = RingId.None;
        var tail = page.Slices[^1];
        foreach (var record in tail.Part(tail.Count - 1, 1)) last = record.Id;
        return last;
    }
}
