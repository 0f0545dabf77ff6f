using System.Collections.Concurrent;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Protocols.Resp.Rooms;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>The clients of one door, what was counted of them, and what can be changed while it is open. Thread-safe.</summary>
public sealed class RespClients(RespOptions options, IMesh mesh, TimeProvider clock)
{
    private readonly ConcurrentDictionary<long, RespSession> _sessions = new();
    private long _received;
    private long _commandsOfThoseWhoLeft;
    private long _messagesOfThoseWhoLeft;
    private long _rejected;
    private long _receivedBefore;
    private long _commandsBefore;
    private long _rejectedBefore;

    /// <summary>A client that sends nothing for so long, does not wait and has no subscriptions is cut off; zero never does.</summary>
    public TimeSpan IdleTime { get; set; } = options.IdleTime;

    internal OutputLimits OutputLimits { get; } = new(options);

    internal SlotMeter Slots { get; } = new();

    internal ClientPause Pause { get; } = new(clock);

    internal PresenceWatches Presence { get; } = new(mesh, clock);

    /// <summary>In the order in which they came.</summary>
    public IEnumerable<RespSession> All => _sessions.Values.OrderBy(session => session.Id);

    public int Count => _sessions.Count;

    public int Blocked => _sessions.Values.Count(session => session.IsBlocked);

    public int Subscribers => _sessions.Values.Count(session => session.SubscriptionCount > 0);

    /// <summary>Names that they are subscribed to, one client after another.</summary>
    public int Subscriptions => _sessions.Values.Sum(session => session.SubscriptionCount);

    /// <summary>Messages published by them and pushed to them.</summary>
    public long Messages => Interlocked.Read(ref _messagesOfThoseWhoLeft) + _sessions.Values.Sum(session => session.Messages);

    /// <summary>Connections since the door was opened or <see cref="ResetCounts"/>, as the next two.</summary>
    public long Received => Interlocked.Read(ref _received) - Interlocked.Read(ref _receivedBefore);

    public long Commands => Interlocked.Read(ref _commandsOfThoseWhoLeft) + _sessions.Values.Sum(session => session.Commands) - Interlocked.Read(ref _commandsBefore);

    /// <summary>Connections that were refused.</summary>
    public long Rejected => Interlocked.Read(ref _rejected) - Interlocked.Read(ref _rejectedBefore);

    internal void Add(RespSession session)
    {
        Interlocked.Increment(ref _received);
        _sessions[session.Id] = session;
    }

    internal void Remove(RespSession session)
    {
        if (!_sessions.TryRemove(session.Id, out _)) return;
        Interlocked.Add(ref _commandsOfThoseWhoLeft, session.Commands);
        Interlocked.Add(ref _messagesOfThoseWhoLeft, session.Messages);
    }

    /// <summary>Counts from zero again.</summary>
    internal void ResetCounts()
    {
        Interlocked.Add(ref _receivedBefore, Received);
        Interlocked.Add(ref _commandsBefore, Commands);
        Interlocked.Add(ref _rejectedBefore, Rejected);
    }

    internal void Reject() => Interlocked.Increment(ref _rejected);

    /// <summary>The node keeps other slots now: where clients are sent to a slot's nodes, those who listen to shard channels that have moved away are told.</summary>
    internal void OnSlotsMoved()
    {
        if (options.Redirect == RespRedirect.Off) return;
        foreach (var session in _sessions.Values)
            if (session.Shards.Count > 0) _ = TellAsync(session);
    }

    /// <summary>Cuts off those who have been idle for too long, and those for whom too much waits.</summary>
    internal void CutOffOverdue()
    {
        foreach (var session in _sessions.Values)
        {
            session.CutOffIfSlow();
            if (IdleTime != TimeSpan.Zero && session.SubscriptionCount == 0 && session.Idle > IdleTime) session.CutOff();
        }
    }

    private static async Task TellAsync(RespSession session)
    {
        try
        {
            await Task.Run(() => session.ShardListening.LeaveMovedAsync().AsTask());
        }
        catch (ObjectDisposedException)
        {
            // It has left.
        }
    }
}
