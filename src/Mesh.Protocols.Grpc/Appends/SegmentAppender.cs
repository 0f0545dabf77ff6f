using System.Runtime.ExceptionServices;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Appends;

/// <summary>
/// Appends what one client sends, in its order, without making it wait: what comes while one append is being
/// committed is gathered for the next, so a slow commit makes larger segments, not a slower stream. Only one append is in flight, because
/// of two the first could be turned away as busy and then come after the second. One reader fills it, pass by pass: <see cref="Enter"/>,
/// <see cref="TryTake"/>, <see cref="Leave"/>; it alone calls the other members too.
/// </summary>
/// <param name="filling">What is gathered.</param>
/// <param name="flying">Takes turns with it.</param>
/// <param name="options">Bounds.</param>
/// <param name="failed">Called once, from any thread, when nothing further will be stored.</param>
internal sealed class SegmentAppender(IAppendLoad filling, IAppendLoad flying, GrpcOptions options, Action failed) : IMessageSink, IDisposable
{
    private readonly Lock _turn = new();
    private IAppendLoad _filling = filling;
    private IAppendLoad _flying = flying;
    private bool _passOpen;
    private bool _inFlight;
    private Task _appending = Task.CompletedTask;
    private TaskCompletionSource? _roomWanted;
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>As the other, for one stream: see <see cref="SegmentLoad"/>.</summary>
    public SegmentAppender(AddMessage add, Func<ReadOnlyMemory<byte>, Task> append, GrpcOptions options, Action failed)
        : this(new SegmentLoad(add, append), new SegmentLoad(add, append), options, failed)
    {
    }

    /// <summary>Reads a client's stream to its end. What it gets too much of, the client keeps.</summary>
    /// <exception cref="GrpcException">A message is not right; or what an append threw.</exception>
    public async Task TakeAllAsync(GrpcCall call)
    {
        while (await TakeAsync(call, this).ConfigureAwait(false) != ReadOutcome.End)
        {
        }
    }

    /// <summary>Reads once, and gives what came to the appender by way of a sink.</summary>
    public async ValueTask<ReadOutcome> TakeAsync(GrpcCall call, IMessageSink sink)
    {
        await call.ReadAsync().ConfigureAwait(false);
        ReadOutcome outcome;
        Enter();
        try
        {
            outcome = call.Take(sink);
        }
        finally
        {
            Leave();
        }

        if (outcome == ReadOutcome.Full) await RoomAsync().ConfigureAwait(false);
        ThrowIfFailed();
        return outcome;
    }

    /// <summary>Begins a pass: until <see cref="Leave"/>, what is gathered is the reader's alone.</summary>
    public void Enter()
    {
        lock (_turn) _passOpen = true;
    }

    /// <returns>False when as many bytes are gathered as may be: leave, and wait for <see cref="RoomAsync"/>.</returns>
    /// <exception cref="GrpcException">INVALID_ARGUMENT: the message is not right. What came before it stays.</exception>
    public bool TryTake(ReadOnlySpan<byte> message)
    {
        if (_filling.Count > 0 && _filling.Length + message.Length > options.SegmentBytesMax) return false;
        _filling.Add(message);
        return true;
    }

    /// <summary>Ends the pass; what it took is on its way, now or with the next append.</summary>
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

    /// <exception cref="Exception">What an append threw: nothing further will be stored.</exception>
    public void ThrowIfFailed() => _failure?.Throw();

    /// <summary>Waits until what is gathered has left, or never will.</summary>
    public Task RoomAsync()
    {
        lock (_turn)
        {
            if (_filling.Count == 0 || !_inFlight) return Task.CompletedTask;
            _roomWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _roomWanted.Task;
        }
    }

    /// <summary>Waits until everything is durable.</summary>
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

    /// <summary>Appends what has gathered, again and again, until nothing is left.</summary>
    private async Task AppendAllAsync()
    {
        try
        {
            do await _flying.AppendAsync().ConfigureAwait(false);
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

    /// <summary>Makes what is gathered the segment to append, if there is anything.</summary>
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
