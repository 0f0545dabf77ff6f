using Mesh.Protocols.Resp.Connections;
using Microsoft.Extensions.Logging;

namespace Mesh.Protocols.Resp.Nodes;

/// <summary>The node that one door is: it says so once a second, with its load, and has a copy of the table that is at most as old as the last answer. Thread-safe.</summary>
public sealed partial class RespNode
{
    /// <summary>How long a door that closes waits until the others know: not for ever, but for as long as a call that is lost or late takes to be made again. Then they find out by its silence.</summary>
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(4);

    private readonly INodes _nodes;
    private readonly RespClients _clients;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private volatile NodeTable _table = NodeTable.Empty;
    private volatile NodeTable _before = NodeTable.Empty;
    private readonly Lock _counting = new();
    private IReadOnlyList<SlotLoad> _slots = [];
    private double _messagesPerSecond;
    private long _messages;
    private long _countedAt;
    private bool _isLost;

    internal RespNode(Node self, INodes nodes, RespClients clients, TimeProvider clock, ILogger log)
    {
        (Self, _nodes, _clients, _clock, _log) = (self, nodes, clients, clock, log);
        _countedAt = clock.GetTimestamp();
    }

    public Node Self { get; }

    /// <summary>As of the last beat; <see cref="NodeTable.Empty"/> before the first.</summary>
    public NodeTable Known => _table;

    /// <summary>
    /// Whether clients of a slot stay here: it is this node's, or was until the last beat. The node that has it now may have heard of it just as late, and would send back who is sent
    /// there at once. Before the first beat nobody is sent away.
    /// </summary>
    public bool Keeps(int slot)
    {
        var (table, before) = (_table, _before);
        return table.Nodes.Count == 0 || table.Has(slot, Self.Id) || before.Has(slot, Self.Id);
    }

    /// <summary>The table; asked for when there was no beat yet.</summary>
    public ValueTask<NodeTable> TableAsync()
    {
        var table = _table;
        return table.Nodes.Count > 0 ? new(table) : BeatAsync();
    }

    /// <summary>Beats until <paramref name="stop"/>, then leaves.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(INodes.BeatInterval, _clock);
        try
        {
            do await TryBeatAsync();
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The door closes.
        }

        try
        {
            await _nodes.LeaveAsync(Self.Id).AsTask().WaitAsync(LeaveMax);
        }
        catch (Exception reason) when (reason is StorageUnavailableException or TimeoutException)
        {
            // The others find out by its silence.
        }
    }

    private async Task TryBeatAsync()
    {
        try
        {
            await BeatAsync();
            _isLost = false;
        }
        catch (StorageUnavailableException reason)
        {
            if (!_isLost) LogLost(_log, reason.Message);
            _isLost = true;
        }
    }

    private async ValueTask<NodeTable> BeatAsync()
    {
        var next = await _nodes.BeatAsync(Report(), _table.Version);
        var isOver = _before != _table;
        _before = _table;
        if (next is not null) _table = next;
        if (isOver) _clients.OnSlotsMoved();
        return _table;
    }

    private NodeReport Report()
    {
        lock (_counting)
        {
            var (messages, now) = (_clients.Messages, _clock.GetTimestamp());
            var since = _clock.GetElapsedTime(_countedAt, now);
            if (since > TimeSpan.Zero)
            {
                _messagesPerSecond = Math.Max(0, messages - _messages) / since.TotalSeconds;
                _slots = _clients.Slots.Take(since);
                (_messages, _countedAt) = (messages, now);
            }

            return new NodeReport(Self, new NodeLoad(_clients.Count, _clients.Subscriptions, _messagesPerSecond)) { Slots = _slots };
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node cannot say that it is there, and rooms may be assigned to others: {Reason}")]
    private static partial void LogLost(ILogger log, string reason);
}
