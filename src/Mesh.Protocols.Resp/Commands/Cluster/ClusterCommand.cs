using System.Text;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Cluster;

/// <summary>
/// <c>CLUSTER …</c> as Redis 7 answers it, so that clients find the nodes of a room by themselves. A slot's first node is shown as its master, the others as replicas;
/// any of them takes anything. Nodes and slots cannot be changed here.
/// </summary>
internal sealed class ClusterCommand() : RespCommand("cluster", -2)
{
    private static readonly string[] Help =
    [
        "CLUSTER <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "COUNTKEYSINSLOT <slot>", "    Return the number of keys in <slot>.",
        "GETKEYSINSLOT <slot> <count>", "    Return key names in a slot. Every node has all of them.",
        "INFO", "    Return information about the cluster.",
        "KEYSLOT <key>", "    Return the hash slot for <key>.",
        "LINKS", "    Return nothing: nodes have no links to one another.",
        "MYID", "    Return the node id.",
        "NODES", "    Return the nodes, each with the slots that it is the first node of.",
        "REPLICAS <node-id>", "    Return nothing: slots have nodes, nodes have no replicas.",
        "SHARDS", "    Return slots and their nodes, those with the same nodes together.",
        "SLOTS", "    Return ranges of slots and their nodes.",
        "HELP", "    Prints this help.",
    ];

    /// <summary>What Redis changes by them, Mesh decides: their arities.</summary>
    private static readonly Dictionary<string, int> Changes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ADDSLOTS"] = -3,
        ["ADDSLOTSRANGE"] = -4,
        ["BUMPEPOCH"] = 2,
        ["DELSLOTS"] = -3,
        ["DELSLOTSRANGE"] = -4,
        ["FAILOVER"] = -2,
        ["FLUSHSLOTS"] = 2,
        ["FORGET"] = 3,
        ["MEET"] = -4,
        ["REPLICATE"] = 3,
        ["RESET"] = -2,
        ["SAVECONFIG"] = 2,
        ["SET-CONFIG-EPOCH"] = 3,
        ["SETSLOT"] = -4,
    };

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (arguments.IsSubcommand("KEYSLOT"u8, 3))
        {
            session.Reply.Integer(RoomSlot.Of(arguments[2]));
            return default;
        }

        if (arguments.IsSubcommand("SLOTS"u8, 2)) return ShowAsync(session, ClusterReplies.Slots);
        if (arguments.IsSubcommand("SHARDS"u8, 2)) return ShowAsync(session, ClusterReplies.Shards);
        if (arguments.IsSubcommand("NODES"u8, 2)) return ShowAsync(session, ClusterReplies.Nodes);
        if (arguments.IsSubcommand("INFO"u8, 2)) return ShowAsync(session, ClusterReplies.Info);
        if (arguments.IsSubcommand("REPLICAS"u8, 3) || arguments.IsSubcommand("SLAVES"u8, 3)) return NodeAsync(session, arguments.Text(2), session => session.Reply.ArrayHeader(0));
        if (arguments.IsSubcommand("COUNT-FAILURE-REPORTS"u8, 3)) return NodeAsync(session, arguments.Text(2), session => session.Reply.Integer(0));
        if (arguments.IsSubcommand("COUNTKEYSINSLOT"u8, 3))
        {
            var slot = Numbers.Parse(arguments[2]);
            return slot is >= 0 and < RoomSlot.Count ? CountKeysAsync(session, (int)slot) : throw new RespErrorException("ERR Invalid slot");
        }

        if (arguments.IsSubcommand("GETKEYSINSLOT"u8, 4))
        {
            var (slot, count) = (Numbers.Parse(arguments[2]), Numbers.Parse(arguments[3]));
            return slot is >= 0 and < RoomSlot.Count && count >= 0 ? ShowKeysAsync(session, (int)slot, count) : throw new RespErrorException("ERR Invalid slot or number of keys");
        }

        if (arguments.IsSubcommand("MYID"u8, 2)) session.Reply.Bulk(session.Node.Self.Id);
        else if (arguments.IsSubcommand("LINKS"u8, 2)) session.Reply.ArrayHeader(0);
        else if (arguments.IsSubcommand("HELP"u8, 2)) ShowHelp(session);
        else throw IsChange(arguments) ? Unchangeable(arguments) : Refusals.UnknownSubcommand(arguments);
        return default;
    }

    private static bool IsChange(RespArguments arguments) =>
        Changes.TryGetValue(arguments.Text(1), out var count) && arguments.IsSubcommand(Encoding.UTF8.GetBytes(arguments.Text(1).ToUpperInvariant()), count);

    private static RespErrorException Unchangeable(RespArguments arguments) => new(
        $"ERR CLUSTER {arguments.Text(1).ToUpperInvariant()} changes nothing here: a node is there while its process is, and slots are assigned by load. PUT /rooms/{{room}} over HTTP pins a room's slot to nodes.");

    private static void ShowHelp(RespSession session)
    {
        session.Reply.ArrayHeader(Help.Length);
        foreach (var line in Help) session.Reply.Simple(Encoding.UTF8.GetBytes(line));
    }

    private static async ValueTask ShowAsync(RespSession session, Action<RespSession, NodeTable> write) => write(session, await session.Node.TableAsync());

    private static async ValueTask NodeAsync(RespSession session, string id, Action<RespSession> write)
    {
        if ((await session.Node.TableAsync()).Find(id) is null) throw new RespErrorException($"ERR Unknown node {id}");
        write(session);
    }

    private static async ValueTask CountKeysAsync(RespSession session, int slot)
    {
        var count = 0L;
        await foreach (var name in KeySpace.AllAsync(session))
            if (RoomSlot.Of(name) == slot) count++;
        session.Reply.Integer(count);
    }

    private static async ValueTask ShowKeysAsync(RespSession session, int slot, long most)
    {
        var names = new List<byte[]>();
        if (most > 0)
        {
            await foreach (var name in KeySpace.AllAsync(session))
            {
                if (RoomSlot.Of(name) != slot) continue;
                names.Add(name);
                if (names.Count == most) break;
            }
        }

        session.Reply.ArrayHeader(names.Count);
        foreach (var name in names) session.Reply.Bulk(name);
    }
}

/// <summary>What clients of a cluster say before commands that are nothing special here: any node takes anything.</summary>
internal sealed class AcceptedCommand(string name) : ImmediateCommand(name, 1)
{
    protected override void Run(RespSession session, RespArguments arguments) => session.Reply.Simple("OK"u8);
}
