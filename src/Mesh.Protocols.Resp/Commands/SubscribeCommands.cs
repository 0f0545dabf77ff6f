using Mesh.Protocols.Resp.Connections;
using Mesh.Protocols.Resp.Parsing;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>Subscribing and unsubscribing, to rooms or to patterns: one reply for each name, with how many subscriptions there are then.</summary>
internal abstract class SubscriptionCommand(string name, int arity) : RespCommand(name, arity)
{
    public override bool IsAllowedWhileSubscribed => true;

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        var names = new List<byte[]>();
        for (var i = 1; i < arguments.Count; i++) names.Add(arguments[i].ToArray());
        return RunAsync(session, names);
    }

    protected abstract ValueTask RunAsync(RespSession session, List<byte[]> names);

    /// <summary>What the confirmation counts.</summary>
    protected virtual int CountOf(RespSession session) => session.Rooms.Count + session.Patterns.Count;

    /// <exception cref="RespErrorException">The connection has as many subscriptions as it may.</exception>
    protected static void CheckRoom(RespSession session, Subscriptions subscriptions, ReadOnlySpan<byte> name)
    {
        if (session.SubscriptionCount >= session.Options.SubscriptionsMax && !subscriptions.Contains(name))
            throw new RespErrorException($"ERR a connection has at most {session.Options.SubscriptionsMax} subscriptions; end some first, or open another one");
    }

    /// <summary>The subscription has been made.</summary>
    protected void Confirm(RespSession session, Subscriptions subscriptions, byte[] name)
    {
        subscriptions.Add(name);
        Confirm(session, name);
    }

    protected void Confirm(RespSession session, ReadOnlySpan<byte> name)
    {
        Begin(session);
        session.Reply.Bulk(name);
        End(session);
    }

    protected void ConfirmNothing(RespSession session)
    {
        Begin(session);
        session.WriteNull();
        End(session);
    }

    private void Begin(RespSession session)
    {
        session.CommitReplies();
        session.WritePushHeader(3);
        session.Reply.Bulk(Name);
    }

    private void End(RespSession session)
    {
        session.Reply.Integer(CountOf(session));
        session.CountSubscriber();

        // The confirmation comes before the first message.
        session.CommitPush();
    }
}

internal sealed class SubscribeCommand() : SubscriptionCommand("subscribe", -2)
{
    protected override async ValueTask RunAsync(RespSession session, List<byte[]> names)
    {
        foreach (var name in names)
        {
            CheckRoom(session, session.Rooms, name);
            await session.Listening.EnterAsync(name, isPattern: false, () => Confirm(session, session.Rooms, name));
        }
    }
}

internal sealed class PatternSubscribeCommand() : SubscriptionCommand("psubscribe", -2)
{
    protected override async ValueTask RunAsync(RespSession session, List<byte[]> names)
    {
        foreach (var name in names)
        {
            CheckRoom(session, session.Patterns, name);
            await session.Listening.EnterAsync(name, isPattern: true, () => Confirm(session, session.Patterns, name));
        }
    }
}

internal sealed class UnsubscribeCommand() : SubscriptionCommand("unsubscribe", -1)
{
    protected override async ValueTask RunAsync(RespSession session, List<byte[]> names)
    {
        if (names.Count == 0) names.AddRange(session.Rooms.Names());
        foreach (var name in names)
        {
            if (session.Rooms.Remove(name)) await session.Listening.LeaveAsync(name, isPattern: false);
            Confirm(session, name);
        }

        if (names.Count == 0) ConfirmNothing(session);
    }
}

internal sealed class PatternUnsubscribeCommand() : SubscriptionCommand("punsubscribe", -1)
{
    protected override async ValueTask RunAsync(RespSession session, List<byte[]> names)
    {
        if (names.Count == 0) names.AddRange(session.Patterns.Names());
        foreach (var name in names)
        {
            if (session.Patterns.Remove(name)) await session.Listening.LeaveAsync(name, isPattern: true);
            Confirm(session, name);
        }

        if (names.Count == 0) ConfirmNothing(session);
    }
}

internal sealed class PubSubCommand() : RespCommand("pubsub", -2)
{
    private static readonly string[] Help =
    [
        "CHANNELS [<pattern>]",
        "    Show the channels that have subscribers, over the whole cluster.",
        "NUMPAT",
        "    Count the patterns that have subscribers.",
        "NUMSUB [<channel> ...]",
        "    Count the subscribers of channels, those of patterns left out.",
        "SHARDCHANNELS [<pattern>]",
        "    Show the shard channels that have subscribers.",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Count the subscribers of shard channels.",
    ];

    public override ValueTask RunAsync(RespSession session, RespArguments arguments)
    {
        if (arguments.Count > 3 && (arguments.Is(1, "CHANNELS"u8) || arguments.Is(1, "SHARDCHANNELS"u8))) throw Refusals.SubcommandSyntax(arguments);
        if (arguments.IsSubcommand("CHANNELS"u8, -2)) return RoomsAsync(session, arguments.Count > 2 ? arguments[2].ToArray() : []);
        if (arguments.IsSubcommand("NUMPAT"u8, 2)) return PatternsAsync(session);
        if (arguments.IsSubcommand("SHARDCHANNELS"u8, -2)) return ShardsAsync(session, ShardRooms.NameOf(arguments.Count > 2 ? arguments[2] : "*"u8));
        if (HelpText.TryWrite(session, arguments, Help)) return default;
        var isShard = arguments.IsSubcommand("SHARDNUMSUB"u8, -2);
        if (!isShard && !arguments.IsSubcommand("NUMSUB"u8, -2)) throw Refusals.UnknownSubcommand(arguments);
        var rooms = new List<byte[]>();
        for (var i = 2; i < arguments.Count; i++) rooms.Add(arguments[i].ToArray());
        return SubscribersAsync(session, rooms, isShard);
    }

    private static async ValueTask RoomsAsync(RespSession session, byte[] pattern)
    {
        var rooms = await session.Mesh.Rooms.RoomsAsync(pattern);
        session.Reply.ArrayHeader(rooms.Count);
        foreach (var room in rooms) session.Reply.Bulk(room.Span);
    }

    private static async ValueTask ShardsAsync(RespSession session, byte[] pattern)
    {
        var rooms = await session.Mesh.Rooms.RoomsAsync(pattern);
        session.Reply.ArrayHeader(rooms.Count);
        foreach (var room in rooms) session.Reply.Bulk(ShardRooms.ChannelOf(room.Span));
    }

    private static async ValueTask PatternsAsync(RespSession session) => session.Reply.Integer(await session.Mesh.Rooms.PatternsAsync());

    private static async ValueTask SubscribersAsync(RespSession session, List<byte[]> rooms, bool isShard)
    {
        session.Reply.ArrayHeader(rooms.Count * 2);
        foreach (var room in rooms)
        {
            session.Reply.Bulk(room);
            session.Reply.Integer(await session.Mesh.Rooms.SubscribersAsync(isShard ? ShardRooms.NameOf(room) : room));
        }
    }
}
