using System.Collections.Concurrent;

namespace Mesh.Engine.Rooms;

/// <summary>
/// The rooms of one process: who listens to which room or pattern. A room's messages are handed out in one turn each, so all its listeners see one
/// order; rooms share a fixed number of turns by the hash of their name. Which rooms keep a history stands beside their listeners, so a publish finds out by the
/// look at them that it takes anyway. Thread-safe.
/// </summary>
public sealed class RoomDirectory : IRooms
{
    private const int TurnsCount = 256;

    [ThreadStatic]
    private static RoomMessageCache? _cache;

    private readonly ConcurrentDictionary<byte[], Room> _rooms = new(BytesComparer.Instance);
    private readonly ConcurrentDictionary<byte[], Room>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly Func<StreamName, RoomLog>? _logOf;
    private readonly Lock[] _turns = new Lock[TurnsCount];
    private readonly Lock _patternsChange = new();
    private volatile PatternListeners[] _patterns = [];

    /// <param name="logOf">Histories of rooms; null where <see cref="KeepHistory"/> is not called.</param>
    public RoomDirectory(Func<StreamName, RoomLog>? logOf = null)
    {
        _logOf = logOf;
        _byName = _rooms.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (var i = 0; i < TurnsCount; i++) _turns[i] = new Lock();
    }

    public ValueTask<int> PublishAsync(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload)
    {
        if (_patterns.Length == 0 && !_byName.ContainsKey(room)) return new(0);
        Room? known;
        lock (TurnOf(room))
        {
            _byName.TryGetValue(room, out known);
            if (known?.Log is null) return new(HandOut(known, room, payload));
        }

        return new(KeepAsync(known.Log.Value, _logOf!(known.Log.Value).PublishAsync(payload), payload.ToArray()));
    }

    /// <summary>Hands a message to whoever listens, and keeps nothing of it.</summary>
    /// <returns>How many got it.</returns>
    public int HandOut(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload)
    {
        lock (TurnOf(room)) return HandOut(_byName.TryGetValue(room, out var known) ? known : null, room, payload);
    }

    /// <summary>From now on the messages of a room go to its history, or no longer do.</summary>
    public void KeepHistory(StreamName log, bool keeps)
    {
        var room = RoomHistory.RoomOf(log);
        lock (TurnOf(room)) Replace(room, (_byName.TryGetValue(room, out var known) ? known : Room.Empty) with { Log = keeps ? log : null });
    }

    public ValueTask SubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener)
    {
        lock (TurnOf(room.Span))
        {
            var known = _byName.TryGetValue(room.Span, out var found) ? found : Room.Empty;
            Replace(room.Span, known with { Listeners = With(known.Listeners, listener) });
        }

        return default;
    }

    public ValueTask UnsubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener)
    {
        lock (TurnOf(room.Span))
        {
            if (_byName.TryGetValue(room.Span, out var known)) Replace(room.Span, known with { Listeners = Without(known.Listeners, listener) });
        }

        return default;
    }

    public ValueTask SubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener)
    {
        lock (_patternsChange)
        {
            var at = IndexOf(_patterns, pattern.Span);
            if (at < 0) _patterns = [.. _patterns, new PatternListeners(pattern.ToArray(), [listener])];
            else Replace(at, With(_patterns[at].Listeners, listener));
        }

        return default;
    }

    public ValueTask UnsubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener)
    {
        lock (_patternsChange)
        {
            var at = IndexOf(_patterns, pattern.Span);
            if (at < 0) return default;
            Replace(at, Without(_patterns[at].Listeners, listener));
        }

        // A message that began under the old patterns ends before this does.
        foreach (var turn in _turns)
        {
            lock (turn)
            {
            }
        }

        return default;
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> RoomsAsync(ReadOnlyMemory<byte> pattern)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        foreach (var (room, known) in _rooms)
            if (known.Listeners.Length > 0 && ShardRooms.Contains(room) == ShardRooms.Contains(pattern.Span) && (pattern.IsEmpty || GlobPattern.Matches(pattern.Span, room))) found.Add(room);
        return new(found);
    }

    public ValueTask<int> SubscribersAsync(ReadOnlyMemory<byte> room) =>
        new(_byName.TryGetValue(room.Span, out var known) ? known.Listeners.Length : 0);

    public ValueTask<IReadOnlyList<RoomMember>> MembersAsync(ReadOnlyMemory<byte> room)
    {
        if (!_byName.TryGetValue(room.Span, out var known)) return new([]);
        return new([.. known.Listeners.Select(listener => listener.Member).OfType<RoomMember>().DistinctBy(member => (member.Id, member.Address)).Take(IRooms.MembersMax)]);
    }

    public ValueTask<int> PatternsAsync() => new(_patterns.Length);

    /// <returns>How many would receive a message of the room now, counted as <see cref="PublishAsync"/> does.</returns>
    public int ReceiversOf(ReadOnlySpan<byte> room)
    {
        var receivers = _byName.TryGetValue(room, out var known) ? known.Listeners.Length : 0;
        if (ShardRooms.Contains(room)) return receivers;
        foreach (var pattern in _patterns)
            if (GlobPattern.Matches(pattern.Pattern, room)) receivers += pattern.Listeners.Length;
        return receivers;
    }

    /// <summary>Answers when the message is durable and was handed out.</summary>
    private async Task<int> KeepAsync(StreamName log, ValueTask<AppendResult> published, byte[] payload)
    {
        var room = RoomHistory.RoomOf(log);
        return await published switch
        {
            AppendResult.Appended => ReceiversOf(room),
            AppendResult.NoSuchStream => HandOut(room, payload), // it has just been told to keep none
            var refusal => throw new PublishRefusedException(refusal),
        };
    }

    /// <summary>In the room's turn.</summary>
    private int HandOut(Room? known, ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload)
    {
        var cache = _cache ??= new RoomMessageCache();
        var receivers = 0;
        if (known is not null)
        {
            cache.Clear();
            var message = new RoomMessage(room, default, payload, cache);
            foreach (var listener in known.Listeners) listener.OnMessage(message);
            receivers = known.Listeners.Length;
        }

        if (ShardRooms.Contains(room)) return receivers;
        foreach (var pattern in _patterns)
        {
            if (!GlobPattern.Matches(pattern.Pattern, room)) continue;
            cache.Clear();
            var message = new RoomMessage(room, pattern.Pattern, payload, cache);
            foreach (var listener in pattern.Listeners) listener.OnMessage(message);
            receivers += pattern.Listeners.Length;
        }

        return receivers;
    }

    /// <summary>In the room's turn.</summary>
    private void Replace(ReadOnlySpan<byte> room, Room by)
    {
        if (by.Listeners.Length == 0 && by.Log is null) _byName.TryRemove(room, out _);
        else _byName[room] = by;
    }

    private Lock TurnOf(ReadOnlySpan<byte> room) => _turns[(uint)BytesComparer.Instance.GetHashCode(room) % TurnsCount];

    private void Replace(int at, IRoomListener[] listeners)
    {
        var patterns = _patterns.ToList();
        if (listeners.Length == 0) patterns.RemoveAt(at);
        else patterns[at] = patterns[at] with { Listeners = listeners };
        _patterns = [.. patterns];
    }

    private static int IndexOf(PatternListeners[] patterns, ReadOnlySpan<byte> pattern)
    {
        for (var i = 0; i < patterns.Length; i++)
            if (pattern.SequenceEqual(patterns[i].Pattern)) return i;
        return -1;
    }

    private static IRoomListener[] With(IRoomListener[] listeners, IRoomListener listener) =>
        Array.IndexOf(listeners, listener) >= 0 ? listeners : [.. listeners, listener];

    private static IRoomListener[] Without(IRoomListener[] listeners, IRoomListener listener) =>
        Array.FindAll(listeners, other => !ReferenceEquals(other, listener));

    /// <summary>What is known of one room.</summary>
    /// <param name="Listeners">Who listens.</param>
    /// <param name="Log">Its history; null when it keeps none.</param>
    private sealed record Room(IRoomListener[] Listeners, StreamName? Log)
    {
        public static readonly Room Empty = new([], null);
    }

    private sealed record PatternListeners(byte[] Pattern, IRoomListener[] Listeners);
}
