using System.Runtime.ExceptionServices;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// Appends the events of one publisher to a partition, in their order, without making it wait: what comes while one append is being
/// committed is gathered for the next, so a slow commit makes larger segments, not a slower stream. Only one append is in flight, because
/// of two the first could be turned away as busy and then come after the second. One reader fills it, pass by pass: <see cref="Enter"/>,
/// <see cref="TryTake"/>, <see cref="Leave"/>; it alone calls the other members too.
/// </summary>
/// <param name="append">Appends one segment and answers when it is durable; throws when it will not be.</param>
/// <param name="options">Bounds.</param>
/// <param name="failed">Called once, from any thread, when no further event will be stored.</param>
internal sealed class EventAppender(Func<ReadOnlyMemory<byte>, Task> append, GrpcOptions options, Action failed) : IMessageSink, IDisposable
{
    private readonly Lock _turn = new();
    private SegmentWriter _filling = new();
    private SegmentWriter _flying = new();
    private bool _passOpen;
    private bool _inFlight;
    private Task _appending = Task.CompletedTask;
    private TaskCompletionSource? _roomWanted;
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Begins a pass: until <see cref="Leave"/>, the gathered events are the reader's alone.</summary>
    public void Enter()
    {
        lock (_turn) _passOpen = true;
    }

    /// <returns>False when as many bytes are gathered as may be: leave, and wait for <see cref="RoomAsync"/>.</returns>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: the message is no event. The events before it stay.</exception>
    public bool TryTake(ReadOnlySpan<byte> message)
    {
        if (_filling.Count > 0 && _filling.Length + message.Length > options.SegmentBytesMax) return false;
        IncomingEvent.Parse(message, options.TopicBytesMax).AddTo(_filling);
        return true;
    }

    /// <summary>Ends the pass; its events are on their way, now or with the next append.</summary>
    public void Leave()
    {
        bool idle;
        lock (_turn)
        {
            _passOpen = false;
            idle = !_inFlight && TryTakeOff();
        }

        if (idle) _appending = AppendAllAsync();
    }

    /// <exception cref="Exception">What an append threw: no further event will be stored.</exception>
    public void ThrowIfFailed() => _failure?.Throw();

    /// <summary>Waits until the gathered events have left, or never will.</summary>
    public Task RoomAsync()
    {
        lock (_turn)
        {
            if (_filling.Count == 0 || !_inFlight) return Task.CompletedTask;
            _roomWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _roomWanted.Task;
        }
    }

    /// <summary>Waits until every event is durable.</summary>
    /// <exception cref="Exception">What an append threw.</exception>
    public async Task DrainAsync()
    {
        await _appending.ConfigureAwait(false);
        ThrowIfFailed();
    }

    /// <summary>Call when drained.</summary>
    public void Dispose()
    {
        _filling.Dispose();
        _flying.Dispose();
    }

    /// <summary>Appends one segment after the other until none is left.</summary>
    private async Task AppendAllAsync()
    {
        try
        {
            do await append(_flying.Finish()).ConfigureAwait(false);
            while (Land());
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    /// <returns>False when nothing is left to append, or the reader is in a pass and will see to it.</returns>
    private bool Land()
    {
        lock (_turn) return _inFlight = !_passOpen && TryTakeOff();
    }

    /// <summary>Makes the gathered events the ones to append, if there are any.</summary>
    private bool TryTakeOff()
    {
        if (_filling.Count == 0 || _failure is not null) return false;
        (_filling, _flying) = (_flying, _filling);
        _filling.Reset();
        _inFlight = true;
        GiveRoom();
        return true;
    }

    private void Fail(Exception failure)
    {
        lock (_turn)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            _inFlight = false;
            GiveRoom();
        }

        failed();
    }

    private void GiveRoom()
    {
        _roomWanted?.TrySetResult();
        _roomWanted = null;
    }
}
