using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

internal sealed class PingCommand() : ImmediateCommand("ping", -1)
{
    public override bool IsAllowedWhileSubscribed => true;

    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (arguments.Count > 2) throw Refusals.WrongArity(Name);
        if (!session.IsResp3 && session.SubscriptionCount > 0)
        {
            session.Reply.ArrayHeader(2);
            session.Reply.Bulk("pong"u8);
            session.Reply.Bulk(arguments.Count == 2 ? arguments[1] : []);
        }
        else if (arguments.Count == 2)
        {
            session.Reply.Bulk(arguments[1]);
        }
        else
        {
            session.Reply.Simple("PONG"u8);
        }
    }
}

internal sealed class EchoCommand() : ImmediateCommand("echo", 2)
{
    protected override void Run(RespSession session, RespArguments arguments) => session.Reply.Bulk(arguments[1]);
}

/// <summary>Chooses the protocol version: 2 or 3.</summary>
internal sealed class HelloCommand() : ImmediateCommand("hello", -1)
{
    protected override void Run(RespSession session, RespArguments arguments)
    {
        var isResp3 = session.IsResp3;
        if (arguments.Count > 1)
        {
            if (!Numbers.TryParse(arguments[1], out var version)) throw new RespErrorException("ERR Protocol version is not an integer or out of range");
            if (version is not (2 or 3)) throw new RespErrorException("NOPROTO unsupported protocol version");
            isResp3 = version == 3;
        }

        string? name = null;
        for (var i = 2; i < arguments.Count;)
        {
            if (arguments.Is(i, "AUTH"u8) && i + 2 < arguments.Count)
            {
                AuthCommand.Check(arguments[i + 1]);
                i += 3;
            }
            else if (arguments.Is(i, "SETNAME"u8) && i + 1 < arguments.Count)
            {
                name = ClientCommand.CheckName(arguments[i + 1]);
                i += 2;
            }
            else
            {
                throw new RespErrorException($"ERR Syntax error in HELLO option '{arguments.Text(i)}'");
            }
        }

        session.IsResp3 = isResp3;
        session.Name = name ?? session.Name;
        WriteServer(session);
    }

    private static void WriteServer(RespSession session)
    {
        var reply = session.Reply;
        session.WriteMapHeader(7);
        reply.Bulk("server"u8);
        reply.Bulk("redis"u8);
        reply.Bulk("version"u8);
        reply.Bulk(InfoCommand.RedisVersion);
        reply.Bulk("proto"u8);
        reply.Integer(session.IsResp3 ? 3 : 2);
        reply.Bulk("id"u8);
        reply.Integer(session.Id);
        reply.Bulk("mode"u8);
        reply.Bulk(session.Mode);
        reply.Bulk("role"u8);
        reply.Bulk("master"u8);
        reply.Bulk("modules"u8);
        reply.ArrayHeader(0);
    }
}

/// <summary>Answers as a server without a password does: the default user may come in with any, nobody else.</summary>
internal sealed class AuthCommand() : ImmediateCommand("auth", -2)
{
    public static void Check(ReadOnlySpan<byte> user)
    {
        if (!user.SequenceEqual("default"u8)) throw new RespErrorException("WRONGPASS invalid username-password pair or user is disabled.");
    }

    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (arguments.Count > 3) throw Refusals.Syntax();
        if (arguments.Count == 2)
        {
            throw new RespErrorException(
                "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
        }

        Check(arguments[1]);
        session.Reply.Simple("OK"u8);
    }
}

/// <summary>There is one database.</summary>
internal sealed class SelectCommand() : ImmediateCommand("select", 2)
{
    protected override void Run(RespSession session, RespArguments arguments)
    {
        if (Numbers.Parse(arguments[1]) != 0) throw new RespErrorException("ERR DB index is out of range");
        session.Reply.Simple("OK"u8);
    }
}

internal sealed class QuitCommand() : ImmediateCommand("quit", -1)
{
    public override bool IsAllowedWhileSubscribed => true;

    protected override void Run(RespSession session, RespArguments arguments)
    {
        session.Reply.Simple("OK"u8);
        session.IsQuitting = true;
    }
}

/// <summary>Back to how a connection begins: RESP2, no name, no subscriptions.</summary>
internal sealed class ResetCommand() : RespCommand("reset", 1)
{
    public override bool IsAllowedWhileSubscribed => true;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments) => ResetAsync(session);

    private static async ValueTask ResetAsync(RespSession session)
    {
        await session.UnsubscribeAllAsync();
        session.IsResp3 = false;
        session.Name = "";
        session.Transaction = null;
        session.Watched.Clear();
        session.SetReplies(ReplyMode.On);
        session.Reply.Simple("RESET"u8);
    }
}
