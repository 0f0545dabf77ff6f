using System.Diagnostics.CodeAnalysis;
using System.Text;
using Mesh.Protocols.Resp.Commands.Cluster;
using Mesh.Protocols.Resp.Commands.Groups;
using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>All commands by name, and the checks that come before each. Thread-safe.</summary>
internal sealed class CommandTable
{
    private const int ShownBytesMax = 128;

    private readonly Dictionary<byte[], RespCommand> _byName = new(NameComparer.Instance);
    private readonly Dictionary<byte[], RespCommand>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public CommandTable()
    {
        RespCommand[] all =
        [
            new PingCommand(), new EchoCommand(), new HelloCommand(), new AuthCommand(), new SelectCommand(), new ClientCommand(), new QuitCommand(), new ResetCommand(),
            new CommandCommand(this), new ConfigCommand(), new InfoCommand(), new TimeCommand(),
            new MultiCommand(), new ExecCommand(this), new DiscardCommand(), new WatchCommand(), new UnwatchCommand(),
            new PublishCommand("publish", isShard: false), new PublishCommand("spublish", isShard: true), new ShardSubscribeCommand(), new ShardUnsubscribeCommand(), new SubscribeCommand(), new UnsubscribeCommand(), new PatternSubscribeCommand(), new PatternUnsubscribeCommand(), new PubSubCommand(), new RoomCommand(),
            new XAddCommand(), new XLenCommand(), new XRangeCommand(backwards: false), new XRangeCommand(backwards: true), new XReadCommand(), new XTrimCommand(),
            new XDelCommand(), new XSetIdCommand(), new XGroupCommand(), new XReadGroupCommand(), new XAckCommand(), new XPendingCommand(), new XClaimCommand(), new XAutoClaimCommand(),
            new XInfoCommand(),
            new DelCommand("del"), new DelCommand("unlink"), new ExistsCommand("exists"), new ExistsCommand("touch"), new TypeCommand(),
            new ExpireCommand("expire", 1000, isTimeOfDay: false), new ExpireCommand("pexpire", 1, isTimeOfDay: false), new ExpireCommand("expireat", 1000, isTimeOfDay: true),
            new ExpireCommand("pexpireat", 1, isTimeOfDay: true), new PersistCommand(), new TtlCommand("ttl", 1000, isTimeOfDay: false), new TtlCommand("pttl", 1, isTimeOfDay: false),
            new TtlCommand("expiretime", 1000, isTimeOfDay: true), new TtlCommand("pexpiretime", 1, isTimeOfDay: true),
            new ClusterCommand(), new AcceptedCommand("readonly"), new AcceptedCommand("readwrite"), new AcceptedCommand("asking"),
            new KeysPatternCommand(), new ScanCommand(), new DbSizeCommand(),
        ];
        foreach (var command in all) _byName.Add(Encoding.ASCII.GetBytes(command.Name), command);
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public IReadOnlyCollection<RespCommand> All => _byName.Values;

    public RespCommand? Find(ReadOnlySpan<byte> name) => _lookup.TryGetValue(name, out var command) ? command : null;

    /// <summary>Runs one command; errors that end it become its reply.</summary>
    public ValueTask Run(RespSession session, RespArguments arguments)
    {
        var command = Find(arguments[0]);
        session.OnCommand(command);
        if (session.Clients.Pause.For(command) is not null) return RunAfterPauseAsync(session, command, new SavedArguments(arguments));
        if (session.Replies == ReplyMode.SkipNext) return RunUnansweredAsync(session, command, new SavedArguments(arguments));
        if (session.Waiting is not { } waiting || command?.GroupOf(session) == waiting) return Run(session, command, arguments);

        // What was done before must be seen by what follows, and answered first. The arguments are copied: the frame is read on meanwhile.
        return RunAfterAsync(waiting, session, command, new SavedArguments(arguments));
    }

    /// <summary>What was sent before is answered meanwhile.</summary>
    private static async ValueTask RunAfterPauseAsync(RespSession session, RespCommand? command, SavedArguments saved)
    {
        await session.FinishAsync();
        session.CommitReplies();
        session.IsBlocked = true;
        try
        {
            while (session.Clients.Pause.For(command) is { } over) await over.WaitAsync(session.Stopping);
        }
        finally
        {
            session.IsBlocked = false;
        }

        if (session.Replies == ReplyMode.SkipNext) await RunUnansweredAsync(session, command, saved);
        else await Run(session, command, saved.Arguments);
    }

    private static async ValueTask RunAfterAsync(PipelineGroup waiting, RespSession session, RespCommand? command, SavedArguments saved)
    {
        await waiting.FinishAsync();
        await Run(session, command, saved.Arguments);
    }

    /// <summary>Runs a command of a transaction; errors that end it become its reply.</summary>
    public async ValueTask RunQueuedAsync(RespSession session, SavedArguments saved)
    {
        try
        {
            await Find(saved.Arguments[0])!.RunAsync(session, saved.Arguments);
        }
        catch (Exception reason) when (ErrorMap.Of(reason) is not null)
        {
            await session.FinishAsync();
            session.Reply.Error(ErrorMap.Of(reason)!);
        }

        await session.FinishAsync();
    }

    /// <summary>Runs the command after CLIENT REPLY SKIP.</summary>
    private static async ValueTask RunUnansweredAsync(RespSession session, RespCommand? command, SavedArguments saved)
    {
        var skips = session.Skips;
        try
        {
            await Run(session, command, saved.Arguments);
            await session.FinishAsync();
        }
        finally
        {
            if (session.Replies == ReplyMode.SkipNext && session.Skips == skips) session.SetReplies(ReplyMode.On);
        }
    }

    /// <summary>A command between MULTI and EXEC is only looked at.</summary>
    private static ValueTask Queue(RespSession session, Transaction transaction, RespArguments arguments)
    {
        transaction.Add(arguments);
        session.Reply.Simple("QUEUED"u8);
        return default;
    }

    private static ValueTask Run(RespSession session, RespCommand? command, RespArguments arguments)
    {
        try
        {
            if (command is null) return Refuse(session, arguments);
            if (!command.Takes(arguments.Count)) throw command is ExecCommand ? Abort(session) : Refusals.WrongArity(command.Name);
            if (!session.IsResp3 && session.SubscriptionCount > 0 && !command.IsAllowedWhileSubscribed) throw NotWhileSubscribed(command);
            if (session.Options.Redirect != RespRedirect.Off) Redirection.Check(session, command, arguments);
            return session.Transaction is { } transaction && !command.RunsWithinTransaction ? Queue(session, transaction, arguments) : command.RunAsync(session, arguments);
        }
        catch (Exception reason) when (ErrorMap.Of(reason) is not null)
        {
            if (session.Transaction is { } broken && command is not { RunsWithinTransaction: true }) broken.IsBroken = true;
            return FailAsync(session, ErrorMap.Of(reason)!);
        }
    }

    private static RespErrorException Abort(RespSession session)
    {
        session.Transaction = null;
        session.Watched.Clear();
        return new RespErrorException("EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command");
    }

    /// <summary>An error of a command that joins those that wait is answered after them.</summary>
    public static async ValueTask FailAsync(RespSession session, string error)
    {
        await session.FinishAsync();
        session.Reply.Error(error);
    }

    private static RespErrorException NotWhileSubscribed(RespCommand command) => new(
        $"ERR Can't execute '{command.Name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");

    /// <summary>
    /// Refuses a command that is none of ours. A web page can make its reader's browser send HTTP to this port with commands in its body; as in Redis,
    /// the connection closes at the first line or header.
    /// </summary>
    private static ValueTask Refuse(RespSession session, RespArguments arguments)
    {
        if (!arguments.Is(0, "POST"u8) && !arguments.Is(0, "HOST:"u8)) throw Unknown(arguments);
        session.IsQuitting = true;
        return default;
    }

    private static RespErrorException Unknown(RespArguments arguments)
    {
        var shown = new StringBuilder();
        for (var i = 1; i < arguments.Count && shown.Length < ShownBytesMax; i++)
        {
            var left = ShownBytesMax - shown.Length;
            shown.Append('\'').Append(Shown(arguments[i], left)).Append("' ");
        }

        return new RespErrorException($"ERR unknown command '{Shown(arguments[0], ShownBytesMax)}', with args beginning with: {shown}");
    }

    private static string Shown(ReadOnlySpan<byte> argument, int bytesMax) => Encoding.UTF8.GetString(argument[..Math.Min(argument.Length, bytesMax)]);

    /// <summary>Compares ASCII names whatever their case, and finds them by a span.</summary>
    private sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly NameComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => Ascii.EqualsIgnoreCase(x, y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => Ascii.EqualsIgnoreCase(alternate, other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // Names are few and known: length and three letters tell them apart well enough.
            if (alternate.IsEmpty) return 0;
            return alternate.Length | ((alternate[0] | 0x20) << 8) | ((alternate[alternate.Length / 2] | 0x20) << 16) | ((alternate[^1] | 0x20) << 24);
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
