using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary><c>XGROUP CREATE|SETID|DESTROY|CREATECONSUMER|DELCONSUMER key group …</c>.</summary>
internal sealed class XGroupCommand() : RespCommand("xgroup", -2)
{
    private static readonly string[] Help =
    [
        "CREATE <key> <group> <id|$> [MKSTREAM] [ENTRIESREAD <n>]: a new group that begins after the id.",
        "SETID <key> <group> <id|$> [ENTRIESREAD <n>]: moves a group.",
        "DESTROY <key> <group>: deletes a group.",
        "CREATECONSUMER <key> <group> <consumer>: a new consumer.",
        "DELCONSUMER <key> <group> <consumer>: deletes a consumer and what is pending with it.",
        "HELP: this text.",
    ];

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (arguments.IsSubcommand("CREATE"u8, -5)) return StartAsync(session, arguments, isNew: true);
        if (arguments.IsSubcommand("SETID"u8, -5)) return StartAsync(session, arguments, isNew: false);
        if (arguments.IsSubcommand("DESTROY"u8, 4)) return DestroyAsync(session, GroupKey.Read(session, arguments, 2));
        if (arguments.IsSubcommand("CREATECONSUMER"u8, 5)) return CreateConsumerAsync(session, GroupKey.Read(session, arguments, 2), session.GroupName(arguments[4]));
        if (arguments.IsSubcommand("DELCONSUMER"u8, 5)) return DeleteConsumerAsync(session, GroupKey.Read(session, arguments, 2), session.GroupName(arguments[4]));
        if (!arguments.IsSubcommand("HELP"u8, 2)) throw Refusals.UnknownSubcommand(arguments);
        session.Reply.ArrayHeader(Help.Length);
        foreach (var line in Help) session.Reply.Bulk(line);
        return default;
    }

    private static ValueTask StartAsync(RespSession session, RespArguments arguments, bool isNew)
    {
        var makesStream = false;
        long? entriesRead = null;
        for (var at = 5; at < arguments.Count; at++)
        {
            if (isNew && arguments.Is(at, "MKSTREAM"u8)) makesStream = true;
            else if (at + 1 < arguments.Count && arguments.Is(at, "ENTRIESREAD"u8)) entriesRead = ParseEntriesRead(arguments[++at]);
            else throw Refusals.SubcommandSyntax(arguments);
        }

        if (!isNew && arguments.Count is not (5 or 7)) throw Refusals.SubcommandSyntax(arguments);
        RingId? after = null;
        var isValid = arguments[4].SequenceEqual("$"u8) || (isNew ? TryParse(arguments[4], out after) : TryParseAny(arguments[4], out after));
        var key = GroupKey.Read(session, arguments, 2);
        if (!isValid) return RefuseIdAsync(session, key, isNew, makesStream);
        return StartAsync(session, key, new GroupStart(after, entriesRead), isNew, makesStream);
    }

    private static long? ParseEntriesRead(ReadOnlySpan<byte> text)
    {
        var count = Numbers.Parse(text);
        if (count < -1) throw new RespErrorException("ERR value for ENTRIESREAD must be positive or -1");
        return count < 0 ? null : count;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out RingId? id)
    {
        var isValid = StreamIds.TryParse(text, 0, out var parsed);
        id = parsed;
        return isValid;
    }

    private static bool TryParseAny(ReadOnlySpan<byte> text, out RingId? id)
    {
        id = text.SequenceEqual("-"u8) ? RingId.None : text.SequenceEqual("+"u8) ? RingId.Max : null;
        return id is not null || TryParse(text, out id);
    }

    /// <summary>Only a key and a group that exist make a bad id the reason.</summary>
    private static async ValueTask RefuseIdAsync(RespSession session, GroupKey key, bool isNew, bool makesStream)
    {
        var outcome = await key.CheckAsync();
        if (outcome == GroupOutcome.NoStream && !makesStream) throw NeedsKey();
        if (outcome == GroupOutcome.NoGroup && !isNew) throw NoSuchGroup(key);
        throw new RespErrorException(StreamIds.Invalid);
    }

    private static async ValueTask StartAsync(RespSession session, GroupKey key, GroupStart start, bool isNew, bool makesStream)
    {
        var answer = isNew ? await key.Ring.CreateGroupAsync(key.Group, start, makesStream) : await key.Ring.MoveGroupAsync(key.Group, start);
        if (answer.Outcome == GroupOutcome.Exists) throw new RespErrorException("BUSYGROUP Consumer Group name already exists");
        Check(answer, key);
        session.Reply.Simple("OK"u8);
    }

    private static async ValueTask DestroyAsync(RespSession session, GroupKey key)
    {
        var answer = await key.Ring.DeleteGroupAsync(key.Group);
        if (answer.Outcome == GroupOutcome.NoStream) throw NeedsKey();
        session.Reply.Integer(answer.Count);
    }

    private static async ValueTask CreateConsumerAsync(RespSession session, GroupKey key, string consumer) =>
        session.Reply.Integer(Check(await key.Ring.CreateConsumerAsync(key.Group, consumer), key).Count);

    private static async ValueTask DeleteConsumerAsync(RespSession session, GroupKey key, string consumer) =>
        session.Reply.Integer(Check(await key.Ring.DeleteConsumerAsync(key.Group, consumer), key).Count);

    private static GroupAnswer Check(in GroupAnswer answer, GroupKey key) => answer.Outcome switch
    {
        GroupOutcome.NoStream => throw NeedsKey(),
        GroupOutcome.NoGroup => throw NoSuchGroup(key),
        GroupOutcome.Full => throw GroupKey.Full(),
        _ => answer,
    };

    private static RespErrorException NoSuchGroup(GroupKey key) => new($"NOGROUP No such consumer group '{key.Group}' for key name '{key.KeyText}'");

    private static RespErrorException NeedsKey() => new(
        "ERR The XGROUP subcommand requires the key to exist. " +
        "Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.");
}
