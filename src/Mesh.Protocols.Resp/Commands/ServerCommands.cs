using System.Globalization;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

internal sealed class CommandCommand(CommandTable table) : ImmediateCommand("command", -1)
{
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
        else
        {
            throw Refusals.UnknownSubcommand(arguments);
        }
    }

    private static void Describe(RespBuffer reply, RespCommand command)
    {
        reply.ArrayHeader(6);
        reply.Bulk(command.Name);
        reply.Integer(command.Arity);
        reply.ArrayHeader(0);
        reply.Integer(0);
        reply.Integer(0);
        reply.Integer(0);
    }
}

/// <summary>What clients ask about when they connect: nothing can be configured here.</summary>
internal sealed class ConfigCommand() : ImmediateCommand("config", -2)
{
    private static readonly (string Name, string Value)[] Known =
        [("appendonly", "yes"), ("save", ""), ("databases", "1"), ("timeout", "0"), ("maxmemory", "0")];

    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (!arguments.IsSubcommand("GET"u8, -3)) throw new RespErrorException("ERR only CONFIG GET is answered here: options are given when the server starts");
        var found = new List<(string Name, string Value)>();
        for (var i = 2; i < arguments.Count; i++)
        {
            foreach (var known in Known)
                if (arguments.Is(i, System.Text.Encoding.ASCII.GetBytes(known.Name)) || arguments[i].SequenceEqual("*"u8)) found.Add(known);
        }

        session.WriteMapHeader(found.Count);
        foreach (var (name, value) in found)
        {
            session.Reply.Bulk(name);
            session.Reply.Bulk(value);
        }
    }
}

internal sealed class InfoCommand() : ImmediateCommand("info", -1)
{
    /// <summary>The version of Redis whose behaviour this door has; clients choose their commands by it.</summary>
    public const string RedisVersion = "7.0.15";

    private static readonly DateTimeOffset Started = DateTimeOffset.UtcNow;

    protected override void Run(RespSession session, RespArguments arguments)
    {
        var uptime = (long)(DateTimeOffset.UtcNow - Started).TotalSeconds;
        session.Reply.Bulk(string.Create(
            CultureInfo.InvariantCulture,
            $"# Server\r\nredis_version:{RedisVersion}\r\nserver_name:mesh\r\nredis_mode:standalone\r\nprocess_id:{Environment.ProcessId}\r\nuptime_in_seconds:{uptime}\r\n\r\n" +
            $"# Persistence\r\nloading:0\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n# Memory\r\nused_memory:{GC.GetTotalMemory(false)}\r\n"));
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
