using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Those of <c>CLIENT …</c> that hold clients up, let them go on, or ask for what is not served: tracking of what clients cache.</summary>
internal static class ClientControl
{
    private static readonly string[] Help =
    [
        "CACHING, TRACKING, TRACKINGINFO, GETREDIR",
        "    Tracking is off: nothing here is worth a client's cache.",
        "GETNAME, SETNAME <name>, SETINFO <attribute> <value>, ID, INFO",
        "    What this client says of itself, and what is known of it.",
        "LIST [TYPE <NORMAL|PUBSUB> | ID <id> ...]",
        "    All clients, or some.",
        "KILL <ip:port> | <option> <value> ...",
        "    End clients: ID, TYPE, ADDR, LADDR, USER, SKIPME <YES|NO>.",
        "PAUSE <milliseconds> [WRITE|ALL], UNPAUSE",
        "    Let no command run for some time, or none that writes.",
        "REPLY <ON|OFF|SKIP>",
        "    Whether this client is answered.",
        "UNBLOCK <id> [TIMEOUT|ERROR]",
        "    End a client's wait, as if its time were up, or with an error.",
        "NO-EVICT <ON|OFF>",
        "    Accepted; nobody is evicted.",
    ];

    /// <returns>False when the subcommand is none of these.</returns>
    public static bool TryRun(RespSession session, RespArguments arguments)
    {
        if (arguments.IsSubcommand("PAUSE"u8, -3)) Pause(session, arguments);
        else if (arguments.IsSubcommand("UNPAUSE"u8, 2)) End(session);
        else if (arguments.IsSubcommand("UNBLOCK"u8, -3)) Unblock(session, arguments);
        else if (arguments.IsSubcommand("TRACKING"u8, -3)) Track(session, arguments);
        else if (arguments.IsSubcommand("TRACKINGINFO"u8, 2)) WriteTracking(session);
        else if (arguments.IsSubcommand("GETREDIR"u8, 2)) session.Reply.Integer(-1);
        else if (arguments.IsSubcommand("CACHING"u8, 3)) throw new RespErrorException("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled");
        else return HelpText.TryWrite(session, arguments, Help);
        return true;
    }

    private static void Pause(RespSession session, RespArguments arguments)
    {
        if (arguments.Count > 4) throw Refusals.SubcommandSyntax(arguments);
        var stopsReads = arguments.Count == 3 || arguments.Is(3, "ALL"u8);
        if (!stopsReads && !arguments.Is(3, "WRITE"u8)) throw new RespErrorException("ERR CLIENT PAUSE mode must be WRITE or ALL");
        if (!Numbers.TryParse(arguments[2], out var milliseconds)) throw new RespErrorException("ERR timeout is not an integer or out of range");
        if (milliseconds < 0) throw new RespErrorException("ERR timeout is negative");
        session.Clients.Pause.Begin(TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue)), stopsReads);
        session.Reply.Simple("OK"u8);
    }

    private static void End(RespSession session)
    {
        session.Clients.Pause.End();
        session.Reply.Simple("OK"u8);
    }

    private static void Unblock(RespSession session, RespArguments arguments)
    {
        if (arguments.Count > 4) throw Refusals.SubcommandSyntax(arguments);
        var withError = arguments.Count == 4 && arguments.Is(3, "ERROR"u8);
        if (arguments.Count == 4 && !withError && !arguments.Is(3, "TIMEOUT"u8)) throw new RespErrorException("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        var id = Numbers.Parse(arguments[2]);
        var waiting = session.Clients.All.FirstOrDefault(client => client.Id == id)?.Unblock;
        session.Reply.Integer(waiting?.TrySetResult(withError) == true ? 1 : 0);
    }

    private static void Track(RespSession session, RespArguments arguments)
    {
        if (arguments.Is(2, "ON"u8)) throw new RespErrorException("ERR CLIENT TRACKING is not served here: ask again for what may have changed");
        if (!arguments.Is(2, "OFF"u8)) throw Refusals.Syntax();
        session.Reply.Simple("OK"u8);
    }

    private static void WriteTracking(RespSession session)
    {
        session.WriteMapHeader(3);
        session.Reply.Bulk("flags"u8);
        session.Reply.ArrayHeader(1);
        session.Reply.Bulk("off"u8);
        session.Reply.Bulk("redirect"u8);
        session.Reply.Integer(-1);
        session.Reply.Bulk("prefixes"u8);
        session.Reply.ArrayHeader(0);
    }
}
