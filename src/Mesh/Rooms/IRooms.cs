namespace Mesh;

/// <summary>
/// Live pub/sub: at most once, to those subscribed at the moment, in one order per room (HubSub specification; Redis 7 pub/sub). Names and payloads are
/// bytes. Nothing is stored. Thread-safe.
/// </summary>
public interface IRooms
{
    /// <summary>Hands a message to every subscriber of the room and of every matching pattern.</summary>
    /// <param name="room">The room's name; copied before the call returns its task.</param>
    /// <param name="payload">The message; copied before the call returns its task.</param>
    /// <returns>Receivers: a subscriber counts once for the room and once for each pattern.</returns>
    ValueTask<int> PublishAsync(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload);

    /// <summary>Subscribes a listener; again is no change. Active when the task ends.</summary>
    ValueTask SubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener);

    /// <summary>Ends a subscription. No message comes after the task ended.</summary>
    ValueTask UnsubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener);

    /// <summary>As <see cref="SubscribeAsync"/>, for all rooms whose name matches a glob pattern as Redis matches it, save <see cref="ShardRooms"/>.</summary>
    ValueTask SubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener);

    ValueTask UnsubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener);

    /// <summary>Rooms with at least one subscriber of their own, those matching <paramref name="pattern"/> (empty: all). <see cref="ShardRooms"/> only for a pattern that begins as theirs do.</summary>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> RoomsAsync(ReadOnlyMemory<byte> pattern);

    /// <summary>Subscribers of one room, pattern subscribers not counted.</summary>
    ValueTask<int> SubscribersAsync(ReadOnlyMemory<byte> room);

    /// <summary>Who listens in a room, save by patterns: listeners that say who they are, each client once, at most <see cref="MembersMax"/>. Processes that do not answer are left out.</summary>
    ValueTask<IReadOnlyList<RoomMember>> MembersAsync(ReadOnlyMemory<byte> room);

    /// <summary>Distinct patterns subscribed to.</summary>
    ValueTask<int> PatternsAsync();

    /// <summary>Members of a room that are named at most.</summary>
    const int MembersMax = 10_000;
}

/// <summary>Takes messages of rooms. Called within the room's turn: it must copy what it needs, return at once and never throw.</summary>
public interface IRoomListener
{
    /// <summary>Who listens; null for one that does not say. Asked by any thread.</summary>
    RoomMember? Member => null;

    /// <param name="message">Valid during the call only.</param>
    void OnMessage(scoped in RoomMessage message);
}

/// <summary>One message on its way to the listeners of a room.</summary>
public readonly ref struct RoomMessage
{
    public RoomMessage(ReadOnlySpan<byte> room, ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> payload, RoomMessageCache cache)
    {
        Room = room;
        Pattern = pattern;
        Payload = payload;
        Cache = cache;
    }

    public ReadOnlySpan<byte> Room { get; }

    /// <summary>The pattern that matched; empty when the listener subscribed to the room itself.</summary>
    public ReadOnlySpan<byte> Pattern { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Where the first listener leaves the encoded push for the others.</summary>
    public RoomMessageCache Cache { get; }
}

/// <summary>
/// Encoded forms of one message, so that a fan-out encodes each form once. Emptied by the room before each message and each pattern. Not thread-safe.
/// </summary>
public sealed class RoomMessageCache
{
    /// <summary>Forms a message can be kept in at once, such as RESP2 and RESP3.</summary>
    public const int FormsMax = 4;

    private readonly System.Buffers.ArrayBufferWriter<byte>?[] _forms = new System.Buffers.ArrayBufferWriter<byte>?[FormsMax];
    private int _slot = -1;

    /// <summary>The buffer of a form. Empty: the caller encodes into it. Not empty: it is the encoded message.</summary>
    public System.Buffers.ArrayBufferWriter<byte> Form(int form) => _forms[form] ??= new System.Buffers.ArrayBufferWriter<byte>(256);

    /// <summary>The slot of the message's room, counted once for all listeners.</summary>
    public int SlotOf(ReadOnlySpan<byte> room) =>
        _slot >= 0 ? _slot : _slot = RoomSlot.Of(ShardRooms.Contains(room) ? ShardRooms.ChannelOf(room) : room);

    public void Clear()
    {
        _slot = -1;
        foreach (var form in _forms)
            if (form is { WrittenCount: > 0 }) form.ResetWrittenCount();
    }
}
