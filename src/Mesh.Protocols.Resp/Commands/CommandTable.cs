using System.Diagnostics.CodeAnalysis;
using System.Text;
using Mesh.Protocols.Resp.Commands.Groups;
using Mesh.Protocols.Resp.Connections;
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
            new PublishCommand(), new SubscribeCommand(), new UnsubscribeCommand(), new PatternSubscribeCommand(), new PatternUnsubscribeCommand(), new PubSubCommand(),
            new XAddCommand(), new XLenCommand(), new XRangeCommand(backwards: false), new XRangeCommand(backwards: true), new XReadCommand(), new XTrimCommand(),
            new XDelCommand(), new XSetIdCommand(), new XGroupCommand(), new XReadGroupCommand(), new XAckCommand(), new XPendingCommand(), new XClaimCommand(), new XAutoClaimCommand(),
            new XInfoCommand(),
            new DelCommand("del"), new DelCommand("unlink"), new ExistsCommand("exists"), new ExistsCommand("touch"), new TypeCommand(),
            new ExpireCommand("expire", 1000, isTimeOfDay: false), new ExpireCommand("pexpire", 1, isTimeOfDay: false), new ExpireCommand("expireat", 1000, isTimeOfDay: true),
            new ExpireCommand("pexpireat", 1, isTimeOfDay: true), new PersistCommand(), new TtlCommand("ttl", 1000, isTimeOfDay: false), new TtlCommand("pttl", 1, isTimeOfDay: false),
            new TtlCommand("expiretime", 1000, isTimeOfDay: true), new TtlCommand("pexpiretime", 1, isTimeOfDay: true),
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
        if (command is { JoinsAppends: true } || session.Appends.IsEmpty) return Run(session, command, arguments);

        // What was appended before must be seen by what follows, and answered first. The arguments are copied: the frame is read on meanwhile.
        return RunAfterAppendsAsync(session, command, new SavedArguments(arguments));
    }

    private static async ValueTask RunAfterAppendsAsync(RespSession session, RespCommand? command, SavedArguments saved)
    {
        await session.Appends.FinishAsync();
        await Run(session, command, saved.Arguments);
    }

    private static ValueTask Run(RespSession session, RespCommand? command, RespArguments arguments)
    {
        try
        {
            if (command is null) return Refuse(session, arguments);
            if (!command.Takes(arguments.Count)) throw Refusals.WrongArity(command.Name);
            if (!session.IsResp3 && session.SubscriptionCount > 0 && !command.IsAllowedWhileSubscribed) throw NotWhileSubscribed(command);
            return command.RunAsync(session, arguments);
        }
        catch (Exception reason) when (ErrorMap.Of(reason) is not null)
        {
            return FailAsync(session, ErrorMap.Of(reason)!);
        }
    }

    /// <summary>An error of a command that joins the appends is answered after those before it.</summary>
    public static async ValueTask FailAsync(RespSession session, string error)
    {
        await session.Appends.FinishAsync();
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
