using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary><c>XINFO STREAM key [FULL [COUNT n]]</c>, <c>XINFO GROUPS key</c>, <c>XINFO CONSUMERS key group</c>.</summary>
internal sealed class XInfoCommand() : RespCommand("xinfo", -2)
{
    private const int CountDefault = 10;

    /// <summary>Redis keeps so many small entries in one node of its tree; here the figure is an estimate.</summary>
    private const int NodeEntries = 100;

    private static readonly string[] Help =
    [
        "STREAM <key> [FULL [COUNT <n>]]: the stream, and in full its entries, groups and consumers.",
        "GROUPS <key>: the stream's consumer groups.",
        "CONSUMERS <key> <group>: a group's consumers.",
        "HELP: this text.",
    ];

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (arguments.IsSubcommand("STREAM"u8, -3))
        {
            var (count, isFull) = (CountDefault, arguments.Count > 3);
            if (isFull && (arguments.Count is not (4 or 6) || !arguments.Is(3, "FULL"u8) || (arguments.Count == 6 && !arguments.Is(4, "COUNT"u8))))
                return RefuseAsync(session.Ring(arguments[2]), Refusals.SubcommandSyntax(arguments));
            if (arguments.Count == 6 && !TryParseCount(arguments[5], out count))
                return RefuseAsync(session.Ring(arguments[2]), new RespErrorException("ERR value is not an integer or out of range"));
            return isFull ? FullAsync(session, session.Ring(arguments[2]), count) : StreamAsync(session, session.Ring(arguments[2]));
        }

        if (arguments.IsSubcommand("GROUPS"u8, 3)) return GroupsAsync(session, session.Ring(arguments[2]));
        if (arguments.IsSubcommand("CONSUMERS"u8, 4)) return ConsumersAsync(session, GroupKey.Read(session, arguments, 2));
        if (!arguments.IsSubcommand("HELP"u8, 2)) throw Refusals.UnknownSubcommand(arguments);
        session.Reply.ArrayHeader(Help.Length);
        foreach (var line in Help) session.Reply.Bulk(line);
        return default;
    }

    private static bool TryParseCount(ReadOnlySpan<byte> text, out int count)
    {
        var isValid = Numbers.TryParse(text, out var given);
        count = given < 0 ? CountDefault : given == 0 ? GroupLimits.EntriesMax : (int)Math.Min(given, GroupLimits.EntriesMax);
        return isValid;
    }

    private static async ValueTask RefuseAsync(IRing ring, RespErrorException error)
    {
        if ((await ring.StateAsync()).Number is null) throw NoSuchKey();
        throw error;
    }

    private static RespErrorException NoSuchKey() => new("ERR no such key");

    private static async ValueTask StreamAsync(RespSession session, IRing ring)
    {
        var info = await ring.DescribeAsync(null, pendingMax: 0) ?? throw NoSuchKey();
        var first = await ring.RangeAsync(RingId.None, RingId.Max, 1, backwards: false);
        var last = await ring.RangeAsync(RingId.None, RingId.Max, 1, backwards: true);
        session.WriteMapHeader(10);
        WriteStream(session, info);
        session.Reply.Bulk("groups"u8);
        session.Reply.Integer(info.Groups.Count);
        session.Reply.Bulk("first-entry"u8);
        WriteOne(session, first);
        session.Reply.Bulk("last-entry"u8);
        WriteOne(session, last);
    }

    private static void WriteOne(RespSession session, RecordPage page)
    {
        if (page.Count == 0) session.WriteNull();
        else Entries.Write(session.Reply, page);
    }

    private static void WriteStream(RespSession session, LogInfo info)
    {
        var nodes = (info.Length + NodeEntries - 1) / NodeEntries;
        Number(session, "length"u8, info.Length);
        Number(session, "radix-tree-keys"u8, nodes);
        Number(session, "radix-tree-nodes"u8, nodes + 1);
        Id(session, "last-generated-id"u8, info.LastId);
        Id(session, "max-deleted-entry-id"u8, info.MaxDeletedId);
        Number(session, "entries-added"u8, info.EntriesAdded);
        Id(session, "recorded-first-entry-id"u8, info.FirstId);
    }

    private static async ValueTask FullAsync(RespSession session, IRing ring, int count)
    {
        var info = await ring.DescribeAsync(null, count) ?? throw NoSuchKey();
        var entries = await ring.RangeAsync(RingId.None, RingId.Max, count, backwards: false);
        session.WriteMapHeader(9);
        WriteStream(session, info);
        session.Reply.Bulk("entries"u8);
        Entries.WriteArray(session.Reply, entries);
        session.Reply.Bulk("groups"u8);
        session.Reply.ArrayHeader(info.Groups.Count);
        foreach (var group in info.Groups) WriteFull(session, group);
    }

    private static void WriteFull(RespSession session, GroupInfo group)
    {
        session.WriteMapHeader(7);
        Text(session, "name"u8, group.Name);
        Id(session, "last-delivered-id"u8, group.LastDelivered);
        Number(session, "entries-read"u8, group.EntriesRead);
        Number(session, "lag"u8, group.Lag);
        Number(session, "pel-count"u8, group.PendingCount);
        session.Reply.Bulk("pending"u8);
        session.Reply.ArrayHeader(group.Pending.Count);
        foreach (var entry in group.Pending)
        {
            session.Reply.ArrayHeader(4);
            session.Reply.Id(entry.Id);
            session.Reply.Bulk(entry.Consumer);
            session.Reply.Integer(Durations.Milliseconds(entry.DeliveredAt));
            session.Reply.Integer(entry.Deliveries);
        }

        session.Reply.Bulk("consumers"u8);
        session.Reply.ArrayHeader(group.Consumers.Count);
        foreach (var consumer in group.Consumers) WriteFull(session, consumer);
    }

    private static void WriteFull(RespSession session, ConsumerInfo consumer)
    {
        session.WriteMapHeader(4);
        Text(session, "name"u8, consumer.Name);
        Number(session, "seen-time"u8, Durations.Milliseconds(consumer.SeenAt));
        Number(session, "pel-count"u8, consumer.PendingCount);
        session.Reply.Bulk("pending"u8);
        session.Reply.ArrayHeader(consumer.Pending.Count);
        foreach (var entry in consumer.Pending)
        {
            session.Reply.ArrayHeader(3);
            session.Reply.Id(entry.Id);
            session.Reply.Integer(Durations.Milliseconds(entry.DeliveredAt));
            session.Reply.Integer(entry.Deliveries);
        }
    }

    private static async ValueTask GroupsAsync(RespSession session, IRing ring)
    {
        var info = await ring.DescribeAsync(null, pendingMax: 0) ?? throw NoSuchKey();
        session.Reply.ArrayHeader(info.Groups.Count);
        foreach (var group in info.Groups)
        {
            session.WriteMapHeader(6);
            Text(session, "name"u8, group.Name);
            Number(session, "consumers"u8, group.Consumers.Count);
            Number(session, "pending"u8, group.PendingCount);
            Id(session, "last-delivered-id"u8, group.LastDelivered);
            Number(session, "entries-read"u8, group.EntriesRead);
            Number(session, "lag"u8, group.Lag);
        }
    }

    private static async ValueTask ConsumersAsync(RespSession session, GroupKey key)
    {
        var info = await key.Ring.DescribeAsync(key.Group, pendingMax: 0) ?? throw NoSuchKey();
        if (info.Groups.Count == 0) throw new RespErrorException($"NOGROUP No such consumer group '{key.Group}' for key name '{key.KeyText}'");
        session.Reply.ArrayHeader(info.Groups[0].Consumers.Count);
        foreach (var consumer in info.Groups[0].Consumers)
        {
            session.WriteMapHeader(3);
            Text(session, "name"u8, consumer.Name);
            Number(session, "pending"u8, consumer.PendingCount);
            Number(session, "idle"u8, Durations.MillisecondsSince(consumer.SeenAt, info.Now));
        }
    }

    private static void Text(RespSession session, ReadOnlySpan<byte> name, string value)
    {
        session.Reply.Bulk(name);
        session.Reply.Bulk(value);
    }

    private static void Id(RespSession session, ReadOnlySpan<byte> name, RingId value)
    {
        session.Reply.Bulk(name);
        session.Reply.Id(value);
    }

    private static void Number(RespSession session, ReadOnlySpan<byte> name, long? value)
    {
        session.Reply.Bulk(name);
        if (value is { } number) session.Reply.Integer(number);
        else session.WriteNull();
    }
}
