using Mesh.Addresses;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>XREAD [COUNT n] [BLOCK ms] STREAMS key … id …</c>. An id may be <c>$</c>: only what comes after this command.</summary>
internal sealed class XReadCommand() : RespCommand("xread", -4)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var request = ReadRequest.Parse(session, arguments, isGroup: false);
        var cursors = new List<Cursor>();
        foreach (var stream in request.Streams)
        {
            if (stream.Place == ReadRequest.Place.New)
                throw new RespErrorException("ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.");
            if (stream.Place == ReadRequest.Place.Invalid) throw new RespErrorException(StreamIds.Invalid);
            cursors.Add(new Cursor(stream.Key, stream.Ring) { After = stream.Place == ReadRequest.Place.Now ? null : stream.After });
        }

        return RunAsync(session, cursors, request.Count, new BlockedRead(session, request.Block));
    }

    private static async ValueTask RunAsync(RespSession session, List<Cursor> cursors, int count, BlockedRead wait)
    {
        foreach (var cursor in cursors) cursor.After ??= (await cursor.Ring.StateAsync()).LastId;
        var found = await ReadAsync(session, cursors, count);
        while (found.Count == 0 && await wait.WaitAsync((time, end) => cursors.Select(cursor => cursor.Ring.WaitAsync(cursor.Next, time, end))))
            found = await ReadAsync(session, cursors, count);
        if (found.Count == 0)
        {
            session.WriteNullArray();
            return;
        }

        if (session.IsResp3) session.Reply.MapHeader(found.Count);
        else session.Reply.ArrayHeader(found.Count);
        foreach (var (cursor, page) in found)
        {
            if (!session.IsResp3) session.Reply.ArrayHeader(2);
            session.Reply.Bulk(cursor.Key);
            Entries.WriteArray(session.Reply, page);
        }
    }

    /// <summary>Reads the streams in turn until the reply is full; what is left out comes with the next call.</summary>
    private static async ValueTask<List<(Cursor, RecordPage)>> ReadAsync(RespSession session, List<Cursor> cursors, int count)
    {
        var found = new List<(Cursor, RecordPage)>();
        long bytes = 0;
        foreach (var cursor in cursors)
        {
            if (bytes > session.Options.ReplyBytesMax) break;
            var page = await ReadAsync(cursor, count, session.Options.ReplyBytesMax - bytes);
            if (page is not { Count: > 0 }) continue;
            found.Add((cursor, page));
            bytes += Entries.BytesOf(page);
        }

        return found;
    }

    /// <summary>Reads one stream to its end, or to either bound.</summary>
    /// <returns>Null when nothing can come after the cursor.</returns>
    private static async ValueTask<RecordPage?> ReadAsync(Cursor cursor, int count, long bytesMax)
    {
        RecordPage? all = null;
        long bytes = 0;
        for (var start = cursor.After!.Value.Next(); start is { } from; start = Entries.LastOf(all).Next())
        {
            var page = await cursor.Ring.RangeAsync(from, RingId.Max, Math.Min(count - (all?.Count ?? 0), ReadQuery.RecordsLimit), backwards: false);
            cursor.Next = page.HighWatermark.Next();
            all = all is null ? page : new RecordPage([.. all.Slices, .. page.Slices], page.Next, page.LowWatermark, page.HighWatermark);
            bytes += Entries.BytesOf(page);
            if (page.Count == 0 || all.Count == count || bytes > bytesMax || FilteredReads.IsAtEnd(page, backwards: false)) break;
        }

        return all;
    }

    /// <summary>One stream being read.</summary>
    private sealed class Cursor(byte[] key, IRing ring)
    {
        public byte[] Key { get; } = key;

        public IRing Ring { get; } = ring;

        public RingId? After { get; set; }

        /// <summary>The record to wait for: none comes after the greatest id.</summary>
        public Sequence Next { get; set; } = Sequence.Max;
    }
}
