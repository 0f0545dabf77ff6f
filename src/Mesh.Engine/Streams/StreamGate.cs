namespace Mesh.Engine.Streams;

/// <summary>
/// Lets everybody at a stream, or one caller alone. A hold begins when the calls that were let in before are done, and ends when it is let go of, or nothing was heard of
/// it for <see cref="StreamHold.SilenceMax"/>. Thread-safe; while nobody holds the stream a call costs two atomic additions.
/// </summary>
/// <param name="clock">Times the silence.</param>
public sealed class StreamGate(TimeProvider clock)
{
    private readonly Lock _change = new();
    private StreamHold? _holder;
    private long _heardAt;
    private volatile bool _isShut;
    private int _inside;
    private TaskCompletionSource? _free;
    private TaskCompletionSource? _empty;

    /// <summary>Lets a call in, which must <see cref="Exit"/> when it can change nothing any more.</summary>
    /// <returns>False while somebody else holds the stream: then it waits for <see cref="EnterAsync"/>.</returns>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _inside);
        if (!_isShut) return true;
        Exit();
        return false;
    }

    public void Exit()
    {
        if (Interlocked.Decrement(ref _inside) == 0 && _isShut)
        {
            lock (_change) _empty?.TrySetResult();
        }
    }

    /// <summary>Lets a call in when nobody else holds the stream.</summary>
    /// <param name="caller">The hold that the call is made under; null for none.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>Whether it must <see cref="Exit"/>: not under the hold itself, which waits for nobody.</returns>
    public async ValueTask<bool> EnterAsync(StreamHold? caller, CancellationToken cancel = default)
    {
        while (!TryEnter())
        {
            Task free;
            lock (_change)
            {
                if (_holder is null) continue;
                if (_holder == caller)
                {
                    _heardAt = clock.GetTimestamp();
                    return false;
                }

                free = WhenFree();
            }

            await WaitAsync(free, cancel);
        }

        return true;
    }

    /// <summary>Whether it is this caller that holds the stream; if so, it was heard of now.</summary>
    public bool IsHeldBy(StreamHold caller)
    {
        lock (_change)
        {
            if (_holder != caller) return false;
            _heardAt = clock.GetTimestamp();
            return true;
        }
    }

    /// <summary>Begins a hold; again by the same caller is no change.</summary>
    public async ValueTask HoldAsync(StreamHold caller, CancellationToken cancel = default)
    {
        while (true)
        {
            Task free;
            lock (_change)
            {
                if (_holder is null || _holder == caller)
                {
                    _holder = caller;
                    _heardAt = clock.GetTimestamp();
                    _isShut = true;
                    _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    break;
                }

                free = WhenFree();
            }

            await WaitAsync(free, cancel);
        }

        // Shut before the look, as who comes in is counted before it looks: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _inside) > 0) await EmptyAsync(caller, cancel);
    }

    public void Release(StreamHold caller)
    {
        lock (_change)
        {
            if (_holder == caller) Open();
        }
    }

    private async Task EmptyAsync(StreamHold caller, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                Task empty;
                lock (_change) empty = (_empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                if (Volatile.Read(ref _inside) == 0) return;
                await empty.WaitAsync(cancel);
            }
        }
        catch
        {
            Release(caller);
            throw;
        }
    }

    /// <summary>With the change: ends with the hold.</summary>
    private Task WhenFree() => (_free ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private async Task WaitAsync(Task free, CancellationToken cancel)
    {
        TimeSpan left;
        lock (_change) left = StreamHold.SilenceMax - clock.GetElapsedTime(_heardAt);
        try
        {
            if (left > TimeSpan.Zero) await free.WaitAsync(left, clock, cancel);
        }
        catch (TimeoutException)
        {
            // Its caller may be gone.
        }

        lock (_change)
        {
            if (_holder is not null && clock.GetElapsedTime(_heardAt) >= StreamHold.SilenceMax) Open();
        }
    }

    /// <summary>With the change.</summary>
    private void Open()
    {
        _holder = null;
        _isShut = false;
        _free?.TrySetResult();
        _free = null;
    }
}
