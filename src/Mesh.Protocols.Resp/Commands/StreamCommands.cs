using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

internal sealed class XLenCommand() : RespCommand("xlen", 2)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session, session.Ring(arguments[1]));

    private static async ValueTask RunAsync(RespSession session, IRing ring) =>
        session.Reply.Integer(ring is AddressedLog log ? await log.LengthAsync() : (await ring.StateAsync()).Length);
}

/// <summary><c>XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT n]</c>, in any order.</summary>
internal sealed class XTrimCommand() : RespCommand("xtrim", -4)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var options = AddOrTrimOptions.Read(arguments, isAdd: false);
        return RunAsync(session, session.Ring(arguments[1]), options.Trim);
    }

    private static async ValueTask RunAsync(RespSession session, IRing ring, TrimOption trim) => session.Reply.Integer(await trim.ApplyAsync(ring));
}

/// <summary><c>XDEL key id …</c>.</summary>
internal sealed class XDelCommand() : RespCommand("xdel", -3)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var ids = new RingId[arguments.Count - 2];
        var ring = session.Ring(arguments[1]);
        for (var i = 0; i < ids.Length; i++)
            if (!StreamIds.TryParse(arguments[i + 2], 0, out ids[i])) return RefuseAsync(session, ring);
        return RunAsync(session, ring, ids);
    }

    private static async ValueTask RunAsync(RespSession session, IRing ring, RingId[] ids) => session.Reply.Integer(await ring.DeleteAsync(ids));

    /// <summary>A bad id matters only where there is a stream.</summary>
    private static async ValueTask RefuseAsync(RespSession session, IRing ring)
    {
        if ((await ring.StateAsync()).Number is not null) throw new RespErrorException(StreamIds.Invalid);
        session.Reply.Integer(0);
    }
}

/// <summary><c>XSETID key id [ENTRIESADDED n] [MAXDELETEDID id]</c>.</summary>
internal sealed class XSetIdCommand() : RespCommand("xsetid", -3)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var position = new RingPosition(StreamIds.Parse(arguments[2], 0), null, RingId.None);
        for (var at = 3; at < arguments.Count; at += 2)
        {
            var hasMore = at + 1 < arguments.Count;
            if (hasMore && arguments.Is(at, "ENTRIESADDED"u8)) position = position with { EntriesAdded = ParseAdded(arguments[at + 1]) };
            else if (hasMore && arguments.Is(at, "MAXDELETEDID"u8)) position = position with { MaxDeletedId = ParseDeleted(arguments[at + 1], position.LastId) };
            else throw Refusals.Syntax();
        }

        return RunAsync(session, session.Ring(arguments[1]), position);
    }

    private static long ParseAdded(ReadOnlySpan<byte> text) =>
        Numbers.Parse(text) is >= 0 and var added ? added : throw new RespErrorException("ERR entries_added must be positive");

    private static RingId ParseDeleted(ReadOnlySpan<byte> text, RingId last)
    {
        var id = StreamIds.Parse(text, 0);
        return id <= last ? id : throw new RespErrorException("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
    }

    private static async ValueTask RunAsync(RespSession session, IRing ring, RingPosition position)
    {
        if (ErrorMap.Of(await ring.SetPositionAsync(position)) is { } error) session.Reply.Error(error);
        else session.Reply.Simple("OK"u8);
    }
}
