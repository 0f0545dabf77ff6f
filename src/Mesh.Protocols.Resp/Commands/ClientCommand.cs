using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary><c>CLIENT …</c>: what a client says of itself, and what it asks about others.</summary>
internal sealed class ClientCommand() : ImmediateCommand("client", -2)
{
    public static string CheckName(ReadOnlySpan<byte> name)
    {
        foreach (var value in name)
            if (value is < (byte)'!' or > (byte)'~') throw new RespErrorException("ERR Client names cannot contain spaces, newlines or special characters.");
        return System.Text.Encoding.ASCII.GetString(name);
    }

    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (arguments.IsSubcommand("SETNAME"u8, 3))
        {
            session.Name = CheckName(arguments[2]);
            session.Reply.Simple("OK"u8);
        }
        else if (arguments.IsSubcommand("GETNAME"u8, 2))
        {
            if (session.Name.Length == 0) session.WriteNull();
            else session.Reply.Bulk(session.Name);
        }
        else if (arguments.IsSubcommand("ID"u8, 2))
        {
            session.Reply.Integer(session.Id);
        }
        else if (arguments.IsSubcommand("INFO"u8, 2))
        {
            session.Reply.Bulk(ClientLine.Of(session));
        }
        else if (arguments.IsSubcommand("LIST"u8, -2))
        {
            session.Reply.Bulk(string.Concat(ClientFilter.ParseList(arguments).Of(session.Clients).Select(ClientLine.Of)));
        }
        else if (arguments.IsSubcommand("KILL"u8, -3))
        {
            Kill(session, arguments);
        }
        else if (arguments.IsSubcommand("REPLY"u8, 3))
        {
            SetReplies(session, arguments);
        }
        else if (arguments.IsSubcommand("SETINFO"u8, 4))
        {
            session.Reply.Simple("OK"u8);
        }
        else if (arguments.IsSubcommand("NO-EVICT"u8, 3))
        {
            if (!arguments.Is(2, "ON"u8) && !arguments.Is(2, "OFF"u8)) throw Refusals.Syntax();
            session.Reply.Simple("OK"u8);
        }
        else if (!ClientControl.TryRun(session, arguments))
        {
            throw Refusals.UnknownSubcommand(arguments);
        }
    }

    private static void Kill(RespSession session, RespArguments arguments)
    {
        var isOldForm = arguments.Count == 3;
        var filter = isOldForm ? new ClientFilter { Peer = arguments.Text(2) } : ClientFilter.ParseKill(session, arguments);
        var killed = filter.Of(session.Clients).ToList();
        if (isOldForm && killed.Count == 0) throw new RespErrorException("ERR No such client");
        foreach (var client in killed)
        {
            if (client == session) session.IsQuitting = true;
            else client.CutOff();
        }

        if (isOldForm) session.Reply.Simple("OK"u8);
        else session.Reply.Integer(killed.Count);
    }

    private static void SetReplies(RespSession session, RespArguments arguments)
    {
        if (arguments.Is(2, "ON"u8))
        {
            session.SetReplies(ReplyMode.On);
            session.Reply.Simple("OK"u8);
        }
        else if (arguments.Is(2, "OFF"u8))
        {
            session.SetReplies(ReplyMode.Off);
        }
        else if (!arguments.Is(2, "SKIP"u8))
        {
            throw Refusals.Syntax();
        }
        else if (session.Replies != ReplyMode.Off)
        {
            session.SkipNextReply();
        }
    }
}
