using Mesh.Engine.Rooms;
using Mesh.Engine.Streams;
using Mesh.Orleans.Rooms;

namespace Mesh.Orleans.Client;

/// <summary>
/// The rooms of a cluster as one process sees them: its own listeners are here, and the process is one member of each room they listen to. Messages wait for
/// their room in line, and travel in few calls. Thread-safe.
/// </summary>
internal sealed class OrleansRooms : IRooms, IRoomMember
{
    private const int TurnsCount = 64;

    private static readonly CallBounds Bounds = new(BytesMax: 8 * 1024 * 1024, CallBytesMax: 1024 * 1024, CallItemsMax: 1000);

    private readonly RoomDirectory _here = new();
    private readonly IGrainFactory _grains;
    private readonly HandleContext _context;
    private readonly Registry<byte[], RoomLine> _lines;
    private readonly SemaphoreSlim[] _turns = new SemaphoreSlim[TurnsCount];
    private readonly SemaphoreSlim _patternsTurn = new(1);
    private readonly Dictionary<byte[], HashSet<IRoomListener>> _patterns = new(BytesComparer.Instance);
    private readonly Registry<byte[], RoomMarks> _marks;
    private readonly Lazy<RoomProcess> _self;
    private readonly Lock _entering = new();
    private Task? _entered;

    /// <param name="grains">Those of the cluster.</param>
    /// <param name="context">What the handles of this process share.</param>
    /// <param name="silo">The silo beside which this runs; null in a client.</param>
    public OrleansRooms(IGrainFactory grains, HandleContext context, SiloAddress? silo)
    {
        _grains = grains;
        _context = context;
        _lines = new Registry<byte[], RoomLine>(LineOf, context.Options.StreamsMax, BytesComparer.Instance);
        _marks = new Registry<byte[], RoomMarks>(_ => new RoomMarks(), context.Options.StreamsMax, BytesComparer.Instance);
        _self = new Lazy<RoomProcess>(() => new RoomProcess(_grains.CreateObjectReference<IRoomMember>(this), silo));
        for (var i = 0; i < TurnsCount; i++) _turns[i] = new SemaphoreSlim(1);
    }

    /// <exception cref="StorageUnavailableException">No silo takes the room, or too much waits for it; whether the message reached anybody is not known.</exception>
    public ValueTask<int> PublishAsync(ReadOnlySpan<byte> room, ReadOnlySpan<byte> payload)
    {
        var line = _lines.FindRecent(room) ?? _lines.Get(room.ToArray());
        return line.TryAdd(payload) ?? ValueTask.FromException<int>(new StorageUnavailableException($"More than {Bounds.BytesMax} bytes wait for the room; send less."));
    }

    public ValueTask SubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener) => InTurnAsync(TurnOf(room), async () =>
    {
        await EnterAsync();
        var isFirst = await _here.SubscribersAsync(room) == 0;
        await _here.SubscribeAsync(room, listener);
        if (isFirst) await OrUndoAsync(CallAsync(() => Grain(room.Span).JoinAsync(_self.Value)), () => _here.UnsubscribeAsync(room, listener));
    });

    public ValueTask UnsubscribeAsync(ReadOnlyMemory<byte> room, IRoomListener listener) => InTurnAsync(TurnOf(room), async () =>
    {
        if (await _here.SubscribersAsync(room) == 0) return;
        await _here.UnsubscribeAsync(room, listener);
        if (await _here.SubscribersAsync(room) == 0) await CallAsync(() => Grain(room.Span).LeaveAsync(_self.Value));
    });

    public ValueTask SubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener) => InTurnAsync(_patternsTurn, async () =>
    {
        await EnterAsync();
        var own = pattern.ToArray();
        if (!_patterns.TryGetValue(own, out var listeners)) _patterns[own] = listeners = [];
        if (!listeners.Add(listener)) return;
        await _here.SubscribePatternAsync(pattern, listener);
        if (listeners.Count > 1) return;
        await OrUndoAsync(ChangeAsync(AudienceChangeKind.AddPattern, own), () =>
        {
            _patterns.Remove(own);
            return _here.UnsubscribePatternAsync(pattern, listener);
        });
    });

    public ValueTask UnsubscribePatternAsync(ReadOnlyMemory<byte> pattern, IRoomListener listener) => InTurnAsync(_patternsTurn, async () =>
    {
        var own = pattern.ToArray();
        if (!_patterns.TryGetValue(own, out var listeners) || !listeners.Remove(listener)) return;
        await _here.UnsubscribePatternAsync(pattern, listener);
        if (listeners.Count > 0) return;
        _patterns.Remove(own);
        await ChangeAsync(AudienceChangeKind.RemovePattern, own);
    });

    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> RoomsAsync(ReadOnlyMemory<byte> pattern)
    {
        var own = pattern.ToArray();
        return Array.ConvertAll(await _context.Patience.CallAsync(() => AudienceGrain.RoomsAsync(own)), room => (ReadOnlyMemory<byte>)room);
    }

    public ValueTask<int> SubscribersAsync(ReadOnlyMemory<byte> room)
    {
        var grain = Grain(room.Span);
        return _context.Patience.CallAsync(grain.ListenersAsync);
    }

    public async ValueTask<IReadOnlyList<RoomMember>> MembersAsync(ReadOnlyMemory<byte> room)
    {
        var grain = Grain(room.Span);
        return await _context.Patience.CallAsync(grain.MembersAsync);
    }

    public ValueTask<int> PatternsAsync() => _context.Patience.CallAsync(AudienceGrain.PatternsAsync);

    ValueTask<int[][]> IRoomMember.HandOutAsync(byte[] room, RoomPosts[] posts)
    {
        var marks = _marks.Get(room);
        var receivers = new int[posts.Length][];
        PushTurn.Begin();
        try
        {
            for (var i = 0; i < posts.Length; i++) receivers[i] = HandOut(room, posts[i], marks.Advance(posts[i]));
        }
        finally
        {
            PushTurn.End();
        }

        return new(receivers);
    }

    ValueTask<int> IRoomMember.ListenersAsync(byte[] room) => _here.SubscribersAsync(room);

    async ValueTask<RoomMember[]> IRoomMember.MembersAsync(byte[] room) => [.. await _here.MembersAsync(room)];

    async ValueTask<byte[][]> IRoomMember.RoomsAsync(byte[] pattern) => [.. (await _here.RoomsAsync(pattern)).Select(room => room.ToArray())];

    private static async ValueTask InTurnAsync(SemaphoreSlim turn, Func<Task> action)
    {
        await turn.WaitAsync();
        try
        {
            await action();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Who is told that it does not listen must not: the next to listen would take the cluster for told.</summary>
    private static async Task OrUndoAsync(Task call, Func<ValueTask> undo)
    {
        try
        {
            await call;
        }
        catch
        {
            await undo();
            throw;
        }
    }

    private IAudienceGrain AudienceGrain => _grains.GetGrain<IAudienceGrain>(0);

    private SemaphoreSlim TurnOf(ReadOnlyMemory<byte> room) => _turns[(uint)BytesComparer.Instance.GetHashCode(room.Span) % TurnsCount];

    private IRoomGrain Grain(ReadOnlySpan<byte> room) => _grains.GetGrain<IRoomGrain>(RoomKey.Of(room));

    private RoomLine LineOf(byte[] room)
    {
        var grain = Grain(room);
        return new(batch => SendAsync(grain, batch), Bounds);
    }

    /// <summary>Sent again under the same numbers, so that no listener gets a message twice.</summary>
    private ValueTask<int[]> SendAsync(IRoomGrain grain, MessageBatch batch)
    {
        var posts = batch.ToPosts(_context.Numbers);
        return _context.Patience.CallAsync(() => grain.PublishAsync(posts));
    }

    /// <param name="room">The room.</param>
    /// <param name="posts">Messages.</param>
    /// <param name="known">So many from the first on were handed out before, and are only counted.</param>
    private int[] HandOut(byte[] room, RoomPosts posts, int known)
    {
        var receivers = new int[posts.Count];
        if (known > 0) receivers.AsSpan(0, known).Fill(_here.ReceiversOf(room));
        var rest = posts.Bytes.Span;
        for (var i = 0; i < posts.Count; i++)
        {
            var message = RoomPosts.Next(ref rest);
            if (i >= known) receivers[i] = _here.HandOut(room, message);
        }

        return receivers;
    }

    /// <summary>The process ends: nobody asks it for listeners from now on, nor waits for it.</summary>
    /// <param name="timeMax">After so long it ends without having said so; silos find out by themselves, later.</param>
    public async Task LeaveAsync(TimeSpan timeMax)
    {
        lock (_entering)
        {
            if (_entered is null) return;
        }

        try
        {
            var rooms = await _here.RoomsAsync(default);
            await Task.WhenAll(rooms.Select(room => CallAsync(() => Grain(room.Span).LeaveAsync(_self.Value)))
                .Append(ChangeAsync(AudienceChangeKind.Leave, null))).WaitAsync(timeMax);
        }
        catch (Exception reason) when (reason is TimeoutException or StorageUnavailableException)
        {
            // No silo answers.
        }
    }

    /// <summary>The first listener makes the process known to all silos, and it comes back to its rooms whenever the cluster changes.</summary>
    private Task EnterAsync()
    {
        lock (_entering)
        {
            if (_entered is null or { IsFaulted: true } or { IsCanceled: true }) _entered = Task.Run(EnterOnceAsync);
            return _entered;
        }
    }

    private async Task EnterOnceAsync()
    {
        var changed = _context.Changes.Next;
        await ChangeAsync(AudienceChangeKind.Enter, null);
        ComeBackAfter(changed);
    }

    private void ComeBackAfter(CancellationToken changed) => changed.UnsafeRegister(static self => _ = Task.Run(((OrleansRooms)self!).ComeBackAsync), this);

    /// <summary>A silo is gone, and with it perhaps what it knew of this process.</summary>
    private async Task ComeBackAsync()
    {
        // Whatever becomes of this time: when no silo answers, the next change is that one does.
        ComeBackAfter(_context.Changes.Next);
        try
        {
            await ChangeAsync(AudienceChangeKind.Enter, null);
            foreach (var room in await _here.RoomsAsync(default))
                await InTurnAsync(TurnOf(room), async () =>
                {
                    if (await _here.SubscribersAsync(room) > 0) await CallAsync(() => Grain(room.Span).JoinAsync(_self.Value));
                });
            await InTurnAsync(_patternsTurn, async () =>
            {
                foreach (var pattern in _patterns.Keys) await ChangeAsync(AudienceChangeKind.AddPattern, pattern);
            });
        }
        catch (StorageUnavailableException)
        {
            // No silo answers.
        }
    }

    private Task ChangeAsync(AudienceChangeKind kind, byte[]? pattern) => CallAsync(() => AudienceGrain.ChangeAsync(new AudienceChange(kind, _self.Value, pattern)));

    private async Task CallAsync(Func<ValueTask> call) => await _context.Patience.CallAsync(async () =>
    {
        await call();
        return true;
    });
}
