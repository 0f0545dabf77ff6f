using System.Globalization;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

internal sealed class CommandCommand(CommandTable table) : ImmediateCommand("command", -1)
{
    private static readonly string[] Help =
    [
        "(no subcommand)",
        "    Show all commands.",
        "COUNT",
        "    Count them.",
        "INFO <command> ...",
        "    Show some of them.",
        "DOCS [<command> ...]",
        "    Show nothing: Redis's documentation says what they do.",
    ];

    protected override void Run(RespSession session, RespArguments arguments)
    {
        var reply = session.Reply;
        if (arguments.Count == 1)
        {
            reply.ArrayHeader(table.All.Count);
            foreach (var command in table.All) Describe(reply, command);
        }
        else if (arguments.IsSubcommand("COUNT"u8, 2))
        {
            reply.Integer(table.All.Count);
        }
        else if (arguments.IsSubcommand("INFO"u8, -2))
        {
            reply.ArrayHeader(arguments.Count - 2);
            for (var i = 2; i < arguments.Count; i++)
            {
                if (table.Find(arguments[i]) is { } known) Describe(reply, known);
                else session.WriteNull();
            }
        }
        else if (arguments.IsSubcommand("DOCS"u8, -2))
        {
            session.WriteMapHeader(0);
        }
        else if (!HelpText.TryWrite(session, arguments, Help))
        {
            throw Refusals.UnknownSubcommand(arguments);
        }
    }

    private static void Describe(RespBuffer reply, RespCommand command)
    {
        reply.ArrayHeader(6);
        reply.Bulk(command.Name);
        reply.Integer(command.Arity);
        if (CommandKeys.AreBehindStreams(command))
        {
            reply.ArrayHeader(1);
            reply.Simple("movablekeys"u8);
        }
        else
        {
            reply.ArrayHeader(0);
        }

        var keys = CommandKeys.PlacesOf(command);
        reply.Integer(keys.First);
        reply.Integer(keys.Last);
        reply.Integer(keys.Step);
    }
}

internal sealed class TimeCommand() : ImmediateCommand("time", 1)
{
    protected override void Run(RespSession session, RespArguments arguments)
    {
        var now = RecordTime.From(DateTimeOffset.UtcNow).Micros;
        session.Reply.ArrayHeader(2);
        session.Reply.Bulk((now / 1_000_000).ToString(CultureInfo.InvariantCulture));
        session.Reply.Bulk((now % 1_000_000).ToString(CultureInfo.InvariantCulture));
    }
}
