using System.Globalization;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands.Cluster;

/// <summary>
/// Sends clients to the nodes of a room, where the door is told to. Streams are never redirected, for every node reaches them all; nor are patterns, which have no slot.
/// </summary>
internal static class Redirection
{
    /// <exception cref="RespErrorException">The channels are in several slots (CROSSSLOT), or their slot is another node's (MOVED).</exception>
    public static void Check(RespSession session, RespCommand command, RespArguments arguments)
    {
        var last = LastChannel(session.Options.Redirect, command, arguments.Count);
        if (last == 0) return;
        var slot = RoomSlot.Of(arguments[1]);
        var isHere = session.Node.Keeps(slot);
        for (var i = 2; i <= last; i++)
        {
            var other = RoomSlot.Of(arguments[i]);
            if (other == slot) continue;
            if (command.Name == "ssubscribe") throw CrossSlot();
            if (!isHere || !session.Node.Keeps(other)) throw CrossSlot();
        }

        if (isHere) return;
        var node = session.Node.Known.NodesOf(slot)[0];
        throw new RespErrorException(string.Create(CultureInfo.InvariantCulture, $"MOVED {slot} {node.Host}:{node.Port}"));
    }

    public static RespErrorException CrossSlot() => new("CROSSSLOT Keys in request don't hash to the same slot");

    /// <returns>Place of the command's last channel; 0 when it is not redirected.</returns>
    private static int LastChannel(RespRedirect redirect, RespCommand command, int arguments) => (command.Name, redirect) switch
    {
        (_, RespRedirect.Off) => 0,
        ("spublish", _) or ("publish", RespRedirect.All) => 1,
        ("ssubscribe", _) or ("subscribe", RespRedirect.All) => arguments - 1,
        _ => 0,
    };
}
