using System.Buffers.Text;
using System.Globalization;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>KEYS pattern</c>.</summary>
internal sealed class KeysPatternCommand() : RespCommand("keys", 2)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session, arguments[1].ToArray());

    private static async ValueTask RunAsync(RespSession session, byte[] pattern)
    {
        var found = new List<string>();
        for (var after = ""; after is not null;)
        {
            var (names, last) = await KeySpace.ListAsync(session, after, int.MaxValue);
            found.AddRange(names.Where(name => KeySpace.Matches(pattern, name)));
            after = last;
        }

        session.Reply.ArrayHeader(found.Count);
        foreach (var name in found) session.Reply.Bulk(name);
    }
}

/// <summary><c>SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]</c>.</summary>
internal sealed class ScanCommand() : RespCommand("scan", -2)
{
    private readonly ScanCursors _cursors = new();

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (!Utf8Parser.TryParse(arguments[1], out ulong cursor, out var used) || used != arguments[1].Length) throw new RespErrorException("ERR invalid cursor");
        byte[]? pattern = null;
        var (count, wantsStreams) = (10L, true);
        for (var at = 2; at < arguments.Count; at += 2)
        {
            if (at + 1 == arguments.Count) throw Refusals.Syntax();
            if (arguments.Is(at, "COUNT"u8)) count = Numbers.Parse(arguments[at + 1]) is > 0 and var given ? given : throw Refusals.Syntax();
            else if (arguments.Is(at, "MATCH"u8)) pattern = arguments[at + 1].ToArray();
            else if (arguments.Is(at, "TYPE"u8)) wantsStreams = arguments.Is(at + 1, "STREAM"u8);
            else throw Refusals.Syntax();
        }

        return RunAsync(session, cursor, pattern, (int)Math.Min(count, int.MaxValue), wantsStreams);
    }

    private async ValueTask RunAsync(RespSession session, ulong cursor, byte[]? pattern, int count, bool wantsStreams)
    {
        var (names, last) = await KeySpace.ListAsync(session, _cursors.NameOf(cursor), count);
        if (wantsStreams) names.RemoveAll(name => !KeySpace.Matches(pattern, name));
        else names.Clear();
        session.Reply.ArrayHeader(2);
        session.Reply.Bulk((last is null ? 0 : _cursors.Of(last)).ToString(CultureInfo.InvariantCulture));
        session.Reply.ArrayHeader(names.Count);
        foreach (var name in names) session.Reply.Bulk(name);
    }
}

/// <summary>How many keys there are; those whose time is up count until they are deleted.</summary>
internal sealed class DbSizeCommand() : RespCommand("dbsize", 1)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => RunAsync(session);

    private static async ValueTask RunAsync(RespSession session) =>
        session.Reply.Integer(await session.Mesh.Catalogue.CountAsync(StreamName.DefaultProject, StreamKind.Ring));
}
