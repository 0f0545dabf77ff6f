using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>
/// <c>ROOM HISTORY room [COUNT n] [AGE seconds] [BYTES n]</c> makes a room keep its messages, or changes how many; without limits it shows them; with <c>OFF</c> the
/// room keeps none any more, and what it kept is gone. <c>ROOM MEMBERS room</c> shows who listens in the room. None of Redis's.
/// </summary>
internal sealed class RoomCommand() : RespCommand("room", -2)
{
    private static readonly string[] Help =
    [
        "HISTORY <room> [COUNT <n>] [AGE <seconds>] [BYTES <n>]",
        "    Make the room keep its last messages; without limits show what it keeps.",
        "HISTORY <room> OFF",
        "    Keep none, and drop what was kept.",
        "MEMBERS <room>",
        "    Show who listens in the room, over the whole cluster. SUBSCRIBE <room>?presence tells who comes and goes.",
    ];

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (arguments.IsSubcommand("HISTORY"u8, -3)) return HistoryAsync(session, arguments);
        if (arguments.IsSubcommand("MEMBERS"u8, 3)) return MembersAsync(session, arguments[2].ToArray());
        return HelpText.TryWrite(session, arguments, Help) ? default : throw Refusals.UnknownSubcommand(arguments);
    }

    private static async ValueTask MembersAsync(RespSession session, byte[] room)
    {
        var members = await session.Mesh.Rooms.MembersAsync(room);
        session.Reply.ArrayHeader(members.Count);
        foreach (var member in members)
        {
            session.WriteMapHeader(3);
            Write(session, "id"u8, member.Id);
            session.Reply.Bulk("name"u8);
            session.Reply.Bulk(member.Name);
            session.Reply.Bulk("address"u8);
            session.Reply.Bulk(member.Address);
        }
    }

    private static ValueTask HistoryAsync(RespSession session, RespArguments arguments)
    {
        if (!RoomHistory.TryName(arguments[2], out var name))
            throw new RespErrorException($"ERR a room that keeps a history has a name of UTF-8 text without NUL, of at most {RoomHistory.NameBytesMax} bytes");
        if (arguments.Count == 3) return ShowAsync(session, name);
        if (arguments.Count == 4 && arguments.Is(3, "OFF"u8)) return EndAsync(session, name);
        return KeepAsync(session, name, ParseLimits(arguments));
    }

    private static RetentionLimits ParseLimits(RespArguments arguments)
    {
        RetentionLimits limits = default;
        for (var at = 3; at < arguments.Count; at += 2)
        {
            if (at + 1 == arguments.Count) throw Refusals.Syntax();
            var value = Numbers.Parse(arguments[at + 1]);
            if (arguments.Is(at, "COUNT"u8)) limits = limits with { Count = value };
            else if (arguments.Is(at, "AGE"u8)) limits = limits with { AgeSeconds = value };
            else if (arguments.Is(at, "BYTES"u8)) limits = limits with { Bytes = value };
            else throw Refusals.Syntax();
        }

        return limits.Fault("count") is { } fault ? throw new RespErrorException($"ERR {fault}") : limits;
    }

    private static async ValueTask KeepAsync(RespSession session, StreamName name, RetentionLimits limits)
    {
        await session.Mesh.Catalogue.PutAsync(name, limits);
        session.Reply.Simple("OK"u8);
    }

    private static async ValueTask EndAsync(RespSession session, StreamName name)
    {
        await session.Mesh.Catalogue.DeleteAsync(name);
        session.Reply.Simple("OK"u8);
    }

    private static async ValueTask ShowAsync(RespSession session, StreamName name)
    {
        if (await session.Mesh.Catalogue.FindAsync(name) is not { } entry)
        {
            session.WriteNull();
            return;
        }

        var state = await session.Mesh.Room(name).StateAsync();
        var limits = RetentionLimits.Of(entry.Options);
        session.WriteMapHeader(5);
        Write(session, "count"u8, limits.Count);
        Write(session, "age"u8, limits.AgeSeconds);
        Write(session, "bytes"u8, limits.Bytes);
        Write(session, "first"u8, state.LowWatermark.Value);
        Write(session, "last"u8, state.HighWatermark.Value);
    }

    private static void Write(RespSession session, ReadOnlySpan<byte> name, long? value)
    {
        session.Reply.Bulk(name);
        if (value is { } number) session.Reply.Integer(number);
        else session.WriteNull();
    }
}
