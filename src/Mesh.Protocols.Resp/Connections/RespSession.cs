using Mesh.Addresses;
using Mesh.Protocols.Resp.Addresses;
using Mesh.Protocols.Resp.Commands;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Protocols.Resp.Rooms;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>
/// One client: what it has set and subscribed to, and the replies of the commands being run. Used by its connection's loop alone, save <see cref="OnMessage"/>.
/// </summary>
public sealed class RespSession : IRoomListener, IDisposable
{
    private const int Resp2Form = 0;
    private const int Resp3Form = 1;
    private static long _lastId;

    private readonly Outbound _outbound;
    private readonly AddressResolver _addresses;
    private readonly long _began;
    private long _lastAt;
    private RespCommand? _lastCommand;
    private volatile bool _isResp3;
    private readonly Lock _counting = new();
    private bool _countsAsSubscriber;
    private long _published;
    private long _pushed;
    private volatile HeldPushes? _held;
    private byte[] _ringKey = [];
    private IRing? _ring;
    private readonly (byte[]? Bytes, string Text)[] _names = new (byte[]?, string)[4];
    private int _nextName;

    internal RespSession(IMesh mesh, AddressResolver addresses, RespOptions options, TimeProvider clock, Outbound outbound, RespClients clients, RespNode node, string peer, string localAddress)
    {
        Clients = clients;
        Node = node;
        LocalAddress = localAddress;
        _began = _lastAt = clock.GetTimestamp();
        Mesh = mesh;
        _addresses = addresses;
        Options = options;
        Clock = clock;
        Peer = peer;
        _outbound = outbound;
        Appends = new AppendGroup(this);
        Publishes = new PublishGroup(this);
        Listening = new Listening(this);
        ShardListening = new ShardListening(this);
        (Rooms, Shards) = (new Subscriptions(clients.Slots), new Subscriptions(clients.Slots));
        Id = Interlocked.Increment(ref _lastId);
    }

    public IMesh Mesh { get; }

    public RespOptions Options { get; }

    public TimeProvider Clock { get; }

    public long Id { get; }

    /// <summary>What the server calls itself: clients of a cluster are sent about where it redirects, and all others need not know.</summary>
    public string Mode => Options.Redirect == RespRedirect.Off ? "standalone" : "cluster";

    /// <summary>The client's address.</summary>
    public string Peer { get; }

    /// <summary>The address the client came to.</summary>
    public string LocalAddress { get; }

    /// <summary>All clients of the door.</summary>
    public RespClients Clients { get; }

    /// <summary>The node that the door is.</summary>
    public RespNode Node { get; }

    public string Name { get; set; } = "";

    public RoomMember? Member => new(Id, Name, Peer);

    public TimeSpan Age => Clock.GetElapsedTime(_began);

    /// <summary>Its commands are being run.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Since its last command was done; zero while one is not.</summary>
    public TimeSpan Idle => IsBusy ? TimeSpan.Zero : Clock.GetElapsedTime(Volatile.Read(ref _lastAt));

    /// <summary>Commands it has sent.</summary>
    public long Commands { get; private set; }

    /// <summary>Messages it has published, and messages it was pushed.</summary>
    public long Messages => Volatile.Read(ref _published) + Volatile.Read(ref _pushed);

    public string LastCommand => _lastCommand?.Name ?? "NULL";

    /// <summary>Bytes that wait for the client to take them.</summary>
    public int UnsentBytes => _outbound.WaitingBytes;

    /// <summary>A command waits for something to come, or for the clients to be let go on.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Set while a command waits for something to come: ends the wait, as if its time were up, or with an error.</summary>
    internal TaskCompletionSource<bool>? Unblock { get; set; }

    /// <summary>Commands that would wait do not.</summary>
    public bool MayNotBlock { get; set; }

    public ReplyMode Replies { get; private set; }

    /// <summary>How often it has asked for no reply to the next command.</summary>
    internal int Skips { get; private set; }

    /// <summary>What is answered waits for more, because it may be taken back.</summary>
    public bool KeepsReplies { get; set; }

    /// <summary>Set between MULTI and EXEC.</summary>
    public Transaction? Transaction { get; set; }

    internal List<WatchedRing> Watched { get; } = [];

    public RespBuffer Reply { get; } = new();

    public Subscriptions Rooms { get; }

    public Subscriptions Patterns { get; } = new(slots: null);

    public Subscriptions Shards { get; }

    /// <summary>Set by QUIT, and by what ends a connection: it closes when the reply is sent.</summary>
    public bool IsQuitting { get; set; }

    public bool IsResp3
    {
        get => _isResp3;
        set => _isResp3 = value;
    }

    public int SubscriptionCount => Rooms.Count + Patterns.Count + Shards.Count;

    /// <summary>For a command that blocks: cancels it when the client leaves. Ends when it has, or when the token says so.</summary>
    public Func<CancellationTokenSource, CancellationToken, Task> WatchAsync { get; internal init; } = (_, _) => Task.CompletedTask;

    /// <summary>Set when the host stops: commands that block end then.</summary>
    public CancellationToken Stopping { get; internal set; }

    internal AppendGroup Appends { get; }

    internal PublishGroup Publishes { get; }

    /// <summary>Those that wait; never of two kinds at once.</summary>
    internal PipelineGroup? Waiting => !Appends.IsEmpty ? Appends : !Publishes.IsEmpty ? Publishes : null;

    /// <summary>Waits until all that waits is done and writes the replies.</summary>
    internal ValueTask FinishAsync() => Waiting?.FinishAsync() ?? default;

    internal Listening Listening { get; }

    internal ShardListening ShardListening { get; }

    /// <summary>The ring of a key, or the stream of an address as one; asking for the same one again costs a comparison.</summary>
    /// <exception cref="RespErrorException">The key is no UTF-8, or begins as an address and is none.</exception>
    public IRing Ring(ReadOnlySpan<byte> key)
    {
        if (_ring is not null && key.SequenceEqual(_ringKey)) return _ring;
        _ring = FindRing(RingKey.Decode(key));
        _ringKey = key.ToArray();
        return _ring;
    }

    /// <summary>What a name stands for that is an address; null when it is another name.</summary>
    /// <exception cref="RespErrorException">It begins as an address and is none.</exception>
    internal AddressedLog? FindAddressed(ReadOnlySpan<byte> name) =>
        name.StartsWith("mesh:"u8) ? new AddressedLog(AddressedLog.Resolve(_addresses, RingKey.Decode(name))) : null;

    private IRing FindRing(string key)
    {
        if (!key.StartsWith(AddressedLog.Prefix, StringComparison.Ordinal)) return Mesh.Ring(StreamName.Ring(key));
        var stream = AddressedLog.Resolve(_addresses, key);
        return stream.Log as IRing ?? new AddressedLog(stream);
    }

    /// <summary>As <see cref="Ring"/>, and the key's bytes, which are not copied again for the same key. They must not be changed.</summary>
    public byte[] RingKeyOf(ReadOnlySpan<byte> key, out IRing ring)
    {
        ring = Ring(key);
        return _ringKey;
    }

    /// <summary>The name of a group or consumer; one that was used lately costs a comparison.</summary>
    /// <exception cref="RespErrorException">The name is no UTF-8.</exception>
    public string GroupName(ReadOnlySpan<byte> name)
    {
        foreach (var (bytes, text) in _names)
            if (bytes is not null && name.SequenceEqual(bytes)) return text;
        var decoded = RingKey.DecodeName(name);
        _names[_nextName++ % _names.Length] = (name.ToArray(), decoded);
        return decoded;
    }

    /// <summary>A nil, as the protocol version has it.</summary>
    public void WriteNull() => Reply.Raw(_isResp3 ? "_\r\n"u8 : "$-1\r\n"u8);

    public void WriteNullArray() => Reply.Raw(_isResp3 ? "_\r\n"u8 : "*-1\r\n"u8);

    /// <summary>A map of so many pairs, or in RESP2 an array of twice as many.</summary>
    public void WriteMapHeader(int pairs)
    {
        if (_isResp3) Reply.MapHeader(pairs);
        else Reply.ArrayHeader(pairs * 2);
    }

    /// <summary>Text for people, as the protocol version has it.</summary>
    public void WriteText(string text)
    {
        if (_isResp3) Reply.Verbatim(text);
        else Reply.Bulk(text);
    }

    public void WritePushHeader(int count)
    {
        if (_isResp3) Reply.PushHeader(count);
        else Reply.ArrayHeader(count);
    }

    /// <summary>Puts the replies so far in line to be sent, unless they are kept together. What is pushed later comes after them.</summary>
    public void CommitReplies() => Commit(isWanted: Replies == ReplyMode.On);

    /// <summary>As <see cref="CommitReplies"/>, for what is no reply to a client that wants none: as in Redis, it hears of its subscriptions all the same.</summary>
    public void CommitPush() => Commit(isWanted: true);

    private void Commit(bool isWanted)
    {
        if (Reply.Length == 0 || KeepsReplies) return;
        if (isWanted) _outbound.Add(Reply.Written);
        Reply.Clear();
    }

    /// <summary>What was answered before is sent as it was to be.</summary>
    public void SetReplies(ReplyMode mode)
    {
        CommitReplies();
        Replies = mode;
    }

    /// <summary>The next command is not answered, whether this one is or not.</summary>
    internal void SkipNextReply()
    {
        SetReplies(ReplyMode.SkipNext);
        Skips++;
    }

    /// <summary>Ends the connection when more waits for the client than its class may leave.</summary>
    public void CutOffIfSlow() => _outbound.CutOffIfSlow();

    /// <summary>Ends the connection at once.</summary>
    public void CutOff() => _outbound.Close();

    /// <summary>All that came from the client is done.</summary>
    internal void OnIdle()
    {
        Volatile.Write(ref _lastAt, Clock.GetTimestamp());
        IsBusy = false;
    }

    internal void OnPublish(ReadOnlySpan<byte> channel)
    {
        Volatile.Write(ref _published, _published + 1);
        Clients.Slots.CountMessage(RoomSlot.Of(channel));
    }

    internal void OnCommand(RespCommand? command)
    {
        _lastCommand = command;
        Commands++;
    }

    /// <summary>Counts this connection among the subscribers while it has subscriptions.</summary>
    public void CountSubscriber()
    {
        lock (_counting)
        {
            var counts = SubscriptionCount > 0;
            if (counts == _countsAsSubscriber) return;
            _countsAsSubscriber = _outbound.IsSubscriber = counts;
            RespMetrics.Subscribed(counts ? 1 : -1);
        }
    }

    /// <summary>Ends every subscription. What the mesh cannot do for one of them at the moment keeps none of the others.</summary>
    public async ValueTask UnsubscribeAllAsync()
    {
        foreach (var room in Rooms.Names()) await EndAsync(Listening.LeaveAsync(room, isPattern: false));
        foreach (var pattern in Patterns.Names()) await EndAsync(Listening.LeaveAsync(pattern, isPattern: true));
        await ShardListening.LeaveAllAsync();
        Rooms.Clear();
        Patterns.Clear();
        CountSubscriber();
    }

    public void OnMessage(scoped in RoomMessage message)
    {
        Interlocked.Increment(ref _pushed);
        if (message.Pattern.IsEmpty) Clients.Slots.CountMessage(message.Cache.SlotOf(message.Room));
        var encoded = message.Cache.Form(_isResp3 ? Resp3Form : Resp2Form);
        if (encoded.WrittenCount == 0) PushFrame.Write(encoded, message, _isResp3);
        if (_held is null || !TryHold(message, encoded.WrittenSpan)) SendPush(encoded.WrittenSpan);
    }

    /// <summary>Subscribes, and confirms when that has succeeded; what is heard before follows the confirmation.</summary>
    internal async ValueTask ConfirmAfterAsync(byte[] name, bool isPattern, Func<ValueTask> subscribe, Action confirm)
    {
        using var held = _held = new HeldPushes(name, isPattern, Options.SubscriberBytesMax);
        try
        {
            await subscribe();
            held.End(confirm, SendPush);
        }
        finally
        {
            _held = null;
        }
    }

    /// <summary>Tells that a shard channel is left, though nobody asked.</summary>
    internal void PushUnsubscribed(ReadOnlySpan<byte> channel)
    {
        using var push = new RespBuffer();
        if (_isResp3) push.PushHeader(3);
        else push.ArrayHeader(3);
        push.Bulk("sunsubscribe"u8);
        push.Bulk(channel);
        push.Integer(Shards.Count);
        CountSubscriber();
        SendPush(push.Written);
    }

    /// <summary>A message of a slot was pushed beside <see cref="OnMessage"/>.</summary>
    internal void CountPushed(int slot)
    {
        Interlocked.Increment(ref _pushed);
        Clients.Slots.CountMessage(slot);
    }

    /// <summary>Sends messages that the client has asked for and that wait for it elsewhere, however many: their sender sees to it that they are not too many.</summary>
    internal void SendFollowed(ReadOnlySpan<byte> pushes)
    {
        _outbound.AddUnlimited(pushes);
        _outbound.Flush();
    }

    /// <summary>Ends when at most so many bytes wait for the client.</summary>
    internal Task WhenUnsentBelowAsync(int bytes) => _outbound.WhenBelowAsync(bytes);

    public void Dispose()
    {
        Appends.Dispose();
        ShardListening.Dispose();
        Reply.Dispose();
    }

    private bool TryHold(scoped in RoomMessage message, ReadOnlySpan<byte> push)
    {
        if (_held?.TryHold(message, push) is { } isHeld) return isHeld;
        if (_held is null) return false;
        CutOff();
        return true;
    }

    private void SendPush(ReadOnlySpan<byte> push)
    {
        if (_outbound.AddPush(push)) PushTurn.Owe(_outbound);
    }

    /// <summary>A listener that leaves hears no more when the task ends, whether the rest of a cluster was told or not.</summary>
    private static async ValueTask EndAsync(ValueTask unsubscribed)
    {
        try
        {
            await unsubscribed;
        }
        catch (Exception reason) when (ErrorMap.Of(reason) is not null)
        {
            // Nobody is left to be told.
        }
    }
}
