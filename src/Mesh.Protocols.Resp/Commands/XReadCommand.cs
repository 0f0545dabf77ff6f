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
            if (at + 1 >= arguments.Count) throw new RespErrorException("ERR syntax error");
            if (arguments.Is(at, "STREAMS"u8)) break;
            if (arguments.Is(at, "COUNT"u8)) count = (int)Math.Clamp(Numbers.Parse(arguments[at + 1]) is > 0 and var wanted ? wanted : CountDefault, 1, ReadQuery.RecordsLimit);
            else if (arguments.Is(at, "BLOCK"u8)) block = ParseBlock(arguments[at + 1]);
            else throw new RespErrorException("ERR syntax error");
            at += 2;
        }

        var streams = arguments.Count - at - 1;
        if (streams % 2 != 0) throw new RespErrorException("ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified.");
        var cursors = new List<Cursor>();
        for (var i = 0; i < streams / 2; i++)
        {
            var id = arguments[at + 1 + (streams / 2) + i];
            RingId? after = id.SequenceEqual("$"u8) ? null : StreamIds.Parse(id, 0);
            cursors.Add(new Cursor(arguments[at + 1 + i].ToArray(), session.Ring(arguments[at + 1 + i])) { After = after });
        }

        return RunAsync(session, cursors, count, block);
    }

    private static TimeSpan ParseBlock(ReadOnlySpan<byte> text)
    {
        if (!Numbers.TryParse(text, out var milliseconds)) throw new RespErrorException("ERR timeout is not an integer or out of range");
        if (milliseconds < 0) throw new RespErrorException("ERR timeout is negative");
        return milliseconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
    }

    private static async ValueTask RunAsync(RespSession session, List<Cursor> cursors, int count, TimeSpan? block)
    {
        foreach (var cursor in cursors) cursor.After ??= (await cursor.Ring.StateAsync()).LastId;
        var found = await ReadAsync(cursors, count);
        if (found.Count == 0 && block is { } time)
        {
            await WaitAsync(session, cursors, time);
            found = await ReadAsync(cursors, count);
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

    private static async ValueTask<List<(Cursor, RecordPage)>> ReadAsync(List<Cursor> cursors, int count)
    {
        var found = new List<(Cursor, RecordPage)>();
        foreach (var cursor in cursors)
        {
            if (cursor.After!.Value.Next() is not { } start) continue;
            var page = await cursor.Ring.RangeAsync(start, RingId.Max, count, backwards: false);
            cursor.Next = page.HighWatermark.Next();
            if (page.Count > 0) found.Add((cursor, page));
        }

        return found;
    }

    /// <summary>Waits for the first record of any of the streams, the time, or the client's leaving.</summary>
    private static async ValueTask WaitAsync(RespSession session, List<Cursor> cursors, TimeSpan time)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Stopping);
        var watch = session.Closed is { } closed ? closed.WatchAsync(stop, stop.Token) : Task.CompletedTask;
        var waits = cursors.ConvertAll(cursor => cursor.Ring.WaitAsync(cursor.Next, time, stop.Token).AsTask());
        await Task.WhenAny(waits);
        var hasLeft = stop.IsCancellationRequested;
        await stop.CancelAsync();
        await Task.WhenAll([.. waits, watch]).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (hasLeft) throw new OperationCanceledException("The client has left, or the server stops.");
    }

    /// <summary>One stream being read.</summary>
    private sealed class Cursor(byte[] key, IRing ring)
    {
        public byte[] Key { get; } = key;

        public IRing Ring { get; } = ring;

        public RingId? After { get; set; }

        public Sequence Next { get; set; }
    }
}
