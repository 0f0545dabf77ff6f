using System.Globalization;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Groups;

/// <summary><c>XPENDING key group [[IDLE ms] start end count [consumer]]</c>.</summary>
internal sealed class XPendingCommand() : RespCommand("xpending", -3)
{
    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (arguments.Count != 3 && arguments.Count is < 6 or > 9) throw Refusals.Syntax();
        if (arguments.Count == 3) return SummariseAsync(session, GroupKey.Read(session, arguments, 1));
        var at = 3;
        var idle = TimeSpan.Zero;
        if (arguments.Is(3, "IDLE"u8))
        {
            idle = Durations.OfMilliseconds(Numbers.Parse(arguments[4]));
            if (arguments.Count < 8) throw Refusals.Syntax();
            at = 5;
        }

        var count = (int)Math.Clamp(Numbers.Parse(arguments[at + 2]), 0, GroupLimits.EntriesMax);
        var (start, end) = (StreamIds.ParseStart(arguments[at]), StreamIds.ParseEnd(arguments[at + 1]));
        var consumer = at + 3 < arguments.Count ? session.GroupName(arguments[at + 3]) : null;
        return ListAsync(session, GroupKey.Read(session, arguments, 1), new PendingQuery(start, end, count, consumer, idle));
    }

    private static async ValueTask SummariseAsync(RespSession session, GroupKey key)
    {
        var info = await key.Ring.DescribeAsync(key.Group, pendingMax: 0);
        key.Check(info is not { Groups.Count: > 0 } ? GroupOutcome.NoGroup : GroupOutcome.Done);
        var group = info!.Groups[0];
        var reply = session.Reply;
        reply.ArrayHeader(4);
        reply.Integer(group.PendingCount);
        if (group.PendingCount == 0)
        {
            session.WriteNull();
            session.WriteNull();
            session.WriteNullArray();
            return;
        }

        reply.Id(group.PendingFirst);
        reply.Id(group.PendingLast);
        reply.ArrayHeader(group.Consumers.Count(consumer => consumer.PendingCount > 0));
        foreach (var consumer in group.Consumers)
        {
            if (consumer.PendingCount == 0) continue;
            reply.ArrayHeader(2);
            reply.Bulk(consumer.Name);
            reply.Bulk(consumer.PendingCount.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static async ValueTask ListAsync(RespSession session, GroupKey key, PendingQuery query)
    {
        var page = await key.Ring.PendingAsync(key.Group, query);
        key.Check(page.Outcome);
        session.Reply.ArrayHeader(page.Entries.Count);
        foreach (var entry in page.Entries)
        {
            session.Reply.ArrayHeader(4);
            session.Reply.Id(entry.Id);
            session.Reply.Bulk(entry.Consumer);
            session.Reply.Integer(Durations.MillisecondsSince(entry.DeliveredAt, page.Now));
            session.Reply.Integer(entry.Deliveries);
        }
    }
}
