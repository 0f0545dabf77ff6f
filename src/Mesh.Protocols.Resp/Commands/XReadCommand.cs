using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>XREAD [COUNT n] [BLOCK ms] STREAMS key … id …</c>. An id may be <c>$</c>: only what comes after this command.</summary>
internal sealed class XReadCommand() : RespCommand("xread", -4)
{
    private const int CountDefault = 10_000;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var count = CountDefault;
        TimeSpan? block = null;
        var at = 1;
        while (true)
        {
            if (arguments.Is(at, "NOACK"u8)) throw new RespErrorException("ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
            if (at + 1 >= arguments.Count) throw Refusals.Syntax();
            if (arguments.Is(at, "STREAMS"u8)) break;
            if (arguments.Is(at, "COUNT"u8)) count = ParseCount(arguments[at + 1]);
            else if (arguments.Is(at, "BLOCK"u8)) block = ParseBlock(arguments[at + 1]);
            else if (arguments.Is(at, "GROUP"u8)) throw new RespErrorException("ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
            else throw Refusals.Syntax();
            at += 2;
        }

        var streams = arguments.Count - at - 1;
        if (streams % 2 != 0) throw new RespErrorException("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
        var cursors = new List<Cursor>();
        for (var i = 0; i < streams / 2; i++)
        {
            var id = arguments[at + 1 + (streams / 2) + i];
            if (id.SequenceEqual(">"u8))
                throw new RespErrorException("ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.");
            RingId? after = id.SequenceEqual("$"u8) ? null : StreamIds.Parse(id, 0);
            cursors.Add(new Cursor(arguments[at + 1 + i].ToArray(), session.Ring(arguments[at + 1 + i])) { After = after });
        }

        return RunAsync(session, cursors, count, block);
    }

    private static int ParseCount(ReadOnlySpan<byte> text) =>
        Numbers.Parse(text) is > 0 and var wanted ? (int)Math.Min(wanted, ReadQuery.RecordsLimit) : CountDefault;

    private static TimeSpan ParseBlock(ReadOnlySpan<byte> text)
    {
        if (!Numbers.TryParse(text, out var milliseconds)) throw new RespErrorException("ERR timeout is not an integer or out of range");
        if (milliseconds < 0) throw new RespErrorException("ERR timeout is negative");
        return milliseconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
    }

    private static async ValueTask RunAsync(RespSession session, List<Cursor> cursors, int count, TimeSpan? block)
    {
        foreach (var cursor in cursors) cursor.After ??= (await cursor.Ring.StateAsync()).LastId;
        var found = await ReadAsync(session, cursors, count);
        var began = session.Clock.GetTimestamp();
        while (found.Count == 0 && block is { } time)
        {
            // What comes may have a smaller id than the one asked for: then the wait goes on.
            var left = time == Timeout.InfiniteTimeSpan ? time : time - session.Clock.GetElapsedTime(began);
            if (time != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero) break;
            if (!await WaitAsync(session, cursors, left)) break;
            found = await ReadAsync(session, cursors, count);
        }

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
            session.Reply.ArrayHeader(page.Count);
            Entries.Write(session.Reply, page);
        }
    }

    /// <summary>Reads the streams in turn until the reply is full; those left out come with the next call.</summary>
    private static async ValueTask<List<(Cursor, RecordPage)>> ReadAsync(RespSession session, List<Cursor> cursors, int count)
    {
        var found = new List<(Cursor, RecordPage)>();
        long bytes = 0;
        foreach (var cursor in cursors)
        {
            if (bytes > session.Options.ReplyBytesMax) break;
            if (cursor.After!.Value.Next() is not { } start) continue;
            var page = await cursor.Ring.RangeAsync(start, RingId.Max, count, backwards: false);
            cursor.Next = page.HighWatermark.Next();
            if (page.Count == 0) continue;
            found.Add((cursor, page));
            bytes += Entries.BytesOf(page, out _);
        }

        return found;
    }

    /// <summary>Waits for the first record of any of the streams, the time, or the client's leaving.</summary>
    /// <returns>False when the time was up first.</returns>
    /// <exception cref="OperationCanceledException">The client has left, or the server stops.</exception>
    private static async ValueTask<bool> WaitAsync(RespSession session, List<Cursor> cursors, TimeSpan time)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Stopping);
        var watch = session.WatchAsync(stop, stop.Token);
        var waits = cursors.ConvertAll(cursor => cursor.Ring.WaitAsync(cursor.Next, time, stop.Token).AsTask());
        var first = await Task.WhenAny(waits);
        var hasLeft = stop.IsCancellationRequested;
        await stop.CancelAsync();
        await Task.WhenAll([.. waits, watch]).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (hasLeft) throw new OperationCanceledException("The client has left, or the server stops.");
        return await first;
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
