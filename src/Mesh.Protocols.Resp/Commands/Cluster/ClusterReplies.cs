using System.Globalization;
using System.Text;
using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Commands.Cluster;

/// <summary>The table in the forms of Redis 7's CLUSTER.</summary>
internal static class ClusterReplies
{
    public static void Slots(RespSession session, NodeTable table)
    {
        var reply = session.Reply;
        reply.ArrayHeader(table.Ranges.Count);
        foreach (var range in table.Ranges)
        {
            reply.ArrayHeader(2 + range.Nodes.Count);
            reply.Integer(range.First);
            reply.Integer(range.Last);
            foreach (var id in range.Nodes)
            {
                var node = table.Find(id)!;
                reply.ArrayHeader(4);
                reply.Bulk(node.Host);
                reply.Integer(node.Port);
                reply.Bulk(node.Id);
                session.WriteMapHeader(0);
            }
        }
    }

    /// <summary>A shard is all slots that have the same nodes in the same order, so a node may be in several.</summary>
    public static void Shards(RespSession session, NodeTable table)
    {
        var reply = session.Reply;
        var shards = table.Ranges.GroupBy(range => string.Join(' ', range.Nodes)).ToArray();
        reply.ArrayHeader(shards.Length);
        foreach (var shard in shards)
        {
            session.WriteMapHeader(2);
            reply.Bulk("slots"u8);
            reply.ArrayHeader(shard.Count() * 2);
            foreach (var range in shard)
            {
                reply.Integer(range.First);
                reply.Integer(range.Last);
            }

            var nodes = shard.First().Nodes;
            reply.Bulk("nodes"u8);
            reply.ArrayHeader(nodes.Count);
            for (var i = 0; i < nodes.Count; i++) Member(session, table.Find(nodes[i])!, i == 0 ? "master" : "replica");
        }
    }

    /// <summary>Lines of <c>id host:port@port flags master ping pong epoch link slot …</c>. There is no bus, hence port 0; a beat is both ping and pong.</summary>
    public static void Nodes(RespSession session, NodeTable table)
    {
        var heard = session.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var text = new StringBuilder();
        foreach (var node in table.Nodes)
        {
            var flags = node.Id == session.Node.Self.Id ? "myself,master" : "master";
            text.Append(CultureInfo.InvariantCulture, $"{node.Id} {node.Host}:{node.Port}@0 {flags} - 0 {heard} {table.Version} connected");
            foreach (var range in Joined(table, node.Id))
                text.Append(CultureInfo.InvariantCulture, $" {range.First}").Append(range.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"-{range.Last}") : "");
            text.Append('\n');
        }

        session.WriteText(text.ToString());
    }

    public static void Info(RespSession session, NodeTable table)
    {
        var assigned = table.Ranges.Sum(range => range.Count);
        var firsts = table.Ranges.Select(range => range.Nodes[0]).Distinct().Count();
        (string Name, object Value)[] lines =
        [
            ("cluster_state", assigned == RoomSlot.Count ? "ok" : "fail"), ("cluster_slots_assigned", assigned), ("cluster_slots_ok", assigned), ("cluster_slots_pfail", 0),
            ("cluster_slots_fail", 0), ("cluster_known_nodes", table.Nodes.Count), ("cluster_size", firsts), ("cluster_current_epoch", table.Version), ("cluster_my_epoch", table.Version),
            ("cluster_stats_messages_sent", 0), ("cluster_stats_messages_received", 0), ("total_cluster_links_buffer_limit_exceeded", 0),
        ];
        session.WriteText(string.Concat(lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Name}:{line.Value}\r\n"))));
    }

    private static void Member(RespSession session, Node node, string role)
    {
        var reply = session.Reply;
        session.WriteMapHeader(7);
        reply.Bulk("id"u8);
        reply.Bulk(node.Id);
        reply.Bulk("port"u8);
        reply.Integer(node.Port);
        reply.Bulk("ip"u8);
        reply.Bulk(node.Host);
        reply.Bulk("endpoint"u8);
        reply.Bulk(node.Host);
        reply.Bulk("role"u8);
        reply.Bulk(role);
        reply.Bulk("replication-offset"u8);
        reply.Integer(0);
        reply.Bulk("health"u8);
        reply.Bulk("online"u8);
    }

    /// <summary>Ranges that a node is the first of, those side by side as one.</summary>
    private static List<SlotRange> Joined(NodeTable table, string id)
    {
        var ranges = new List<SlotRange>();
        foreach (var range in table.Ranges)
        {
            if (range.Nodes[0] != id) continue;
            if (ranges.Count > 0 && ranges[^1].Last == range.First - 1) ranges[^1] = ranges[^1] with { Last = range.Last };
            else ranges.Add(range);
        }

        return ranges;
    }
}
