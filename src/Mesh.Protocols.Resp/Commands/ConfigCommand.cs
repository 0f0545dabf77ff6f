using System.Globalization;
using System.Text;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>CONFIG GET pattern …</c>, <c>CONFIG SET</c> of what can be changed while the door is open, and <c>CONFIG RESETSTAT</c>. Other options are given when the server starts.</summary>
internal sealed class ConfigCommand() : ImmediateCommand("config", -2)
{
    private const int IdleSecondsMax = int.MaxValue;

    private static readonly string[] Help =
    [
        "GET <pattern> ...",
        "    Show options and their values.",
        "SET <option> <value> ...",
        "    Change timeout or client-output-buffer-limit until the server ends. Other options are given when it starts.",
        "RESETSTAT",
        "    Count what INFO shows of connections and commands from zero again.",
    ];

    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (arguments.IsSubcommand("GET"u8, -3)) Get(session, arguments);
        else if (arguments.IsSubcommand("SET"u8, -4)) Set(session, arguments);
        else if (arguments.IsSubcommand("RESETSTAT"u8, 2)) ResetCounts(session);
        else if (arguments.IsSubcommand("REWRITE"u8, 2)) throw new RespErrorException("ERR The server is running without a config file");
        else if (!HelpText.TryWrite(session, arguments, Help)) throw Refusals.UnknownSubcommand(arguments);
    }

    private static void ResetCounts(RespSession session)
    {
        session.Clients.ResetCounts();
        session.Reply.Simple("OK"u8);
    }

    private static void Get(RespSession session, RespArguments arguments)
    {
        var found = new List<(string Name, string Value)>();
        foreach (var known in Known(session))
        {
            for (var i = 2; i < arguments.Count; i++)
            {
                if (!GlobPattern.Matches(Encoding.UTF8.GetBytes(arguments.Text(i).ToLowerInvariant()), Encoding.ASCII.GetBytes(known.Name))) continue;
                found.Add(known);
                break;
            }
        }

        session.WriteMapHeader(found.Count);
        foreach (var (name, value) in found)
        {
            session.Reply.Bulk(name);
            session.Reply.Bulk(value);
        }
    }

    private static void Set(RespSession session, RespArguments arguments)
    {
        if (arguments.Count % 2 != 0) throw Refusals.Syntax();
        Action? set = null;
        for (var at = 2; at < arguments.Count; at += 2)
        {
            if (arguments.Is(at, "TIMEOUT"u8)) set += SetIdle(session, ParseIdle(arguments[at + 1]));
            else if (arguments.Is(at, "CLIENT-OUTPUT-BUFFER-LIMIT"u8)) set += OutputLimitText.Parse(arguments.Text(at + 1), session.Clients.OutputLimits);
            else throw Unknown(session, arguments.Text(at));
        }

        set!(); // all of it or nothing
        session.Reply.Simple("OK"u8);
    }

    private static Action SetIdle(RespSession session, TimeSpan idle) => () => session.Clients.IdleTime = idle;

    private static TimeSpan ParseIdle(ReadOnlySpan<byte> text)
    {
        if (!Numbers.TryParse(text, out var seconds)) throw Failed("timeout", "argument couldn't be parsed into an integer");
        return seconds is >= 0 and <= IdleSecondsMax ? TimeSpan.FromSeconds(seconds) : throw Failed("timeout", $"argument must be between 0 and {IdleSecondsMax} inclusive");
    }

    public static RespErrorException Failed(string argument, string reason) => new($"ERR CONFIG SET failed (possibly related to argument '{argument}') - {reason}");

    private static RespErrorException Unknown(RespSession session, string name) => Known(session).Any(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase))
        ? Failed(name, "can't set immutable config")
        : new RespErrorException($"ERR Unknown option or number of arguments for CONFIG SET - '{name}'");

    private static IEnumerable<(string Name, string Value)> Known(RespSession session)
    {
        var options = session.Options;
        yield return ("appendfsync", "always");
        yield return ("appendonly", "yes");
        yield return (OutputLimitText.Name, OutputLimitText.Show(session.Clients.OutputLimits));
        yield return ("databases", "1");
        yield return ("maxclients", options.ConnectionsMax.ToString(CultureInfo.InvariantCulture));
        yield return ("maxmemory", "0");
        yield return ("proto-max-bulk-len", options.BulkBytesMax.ToString(CultureInfo.InvariantCulture));
        yield return ("save", "");
        yield return ("timeout", ((long)session.Clients.IdleTime.TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }
}
