using System.Collections.Concurrent;

namespace Mesh.Engine.Rooms;

/// <summary>
/// The rooms of one process: who listens to which room or pattern. A room's messages are handed out in one turn each, so all its listeners see one
/// order; rooms share a fixed number of turns by the hash of their name. Thread-safe.
/// </summary>
public sealed class RoomDirectory : IRooms
{
    private const int TurnsCount = 256;

    [ThreadStatic]
    private static RoomMessageCache? _cache;

    private readonly ConcurrentDictionary<byte[], IRoomListener[]> _rooms = new(BytesComparer.Instance);
    private readonly ConcurrentDictionary<byte[], IRoomListener[]>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly Lock[] _turns = new Lock[TurnsCount];
    private readonly Lock _patternsChange = new();
    private volatile PatternListeners[] _patterns = [];

    public RoomDirectory()
    {
        _byName = _rooms.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (var i = 0; i < TurnsCount; i++) _turns[i] = new Lock();
    }

    public ValueTask<int> PublishAsync(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload)
    {
        if (_patterns.Length == 0 && !_byName.ContainsKey(room)) return new(0);
        lock (TurnOf(room)) return new(HandOut(room, payload));
    }

    public ValueTask SubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener)
    {
        lock (TurnOf(room.Span))
        {
            _byName.TryGetValue(room.Span, out var listeners);
            _byName[room.Span] = With(listeners ?? [], listener);
        }

        return default;
    }

    public ValueTask UnsubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener)
    {
        lock (TurnOf(room.Span))
        {
            if (!_byName.TryGetValue(room.Span, out var listeners)) return default;
            var left = Without(listeners, listener);
            if (left.Length == 0) _byName.TryRemove(room.Span, out _);
            else _byName[room.Span] = left;
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
        foreach (var (room, _) in _rooms)
            if (ShardRooms.Contains(room) == ShardRooms.Contains(pattern.Span) && (pattern.IsEmpty || GlobPattern.Matches(pattern.Span, room))) found.Add(room);
        return new(found);
    }

    public ValueTask<int> SubscribersAsync(ReadOnlyMemory<byte> room) =>
        new(_byName.TryGetValue(room.Span, out var listeners) ? listeners.Length : 0);

    public ValueTask<int> PatternsAsync() => new(_patterns.Length);

    /// <returns>How many would receive a message of the room now, counted as <see cref="PublishAsync"/> does.</returns>
    public int ReceiversOf(ReadOnlySpan<byte> room)
    {
        var receivers = _byName.TryGetValue(room, out var listeners) ? listeners.Length : 0;
        if (ShardRooms.Contains(room)) return receivers;
        foreach (var pattern in _patterns)
            if (GlobPattern.Matches(pattern.Pattern, room)) receivers += pattern.Listeners.Length;
        return receivers;
    }

    private int HandOut(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload)
    {
        var cache = _cache ??= new RoomMessageCache();
        var receivers = 0;
        if (_byName.TryGetValue(room, out var listeners))
        {
            cache.Clear();
            var message = new RoomMessage(room, default, payload, cache);
            foreach (var listener in listeners) listener.OnMessage(message);
            receivers = listeners.Length;
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

    private sealed record PatternListeners(byte[] Pattern, IRoomListener[] Listeners);
}
