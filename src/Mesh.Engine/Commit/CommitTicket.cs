using System.Threading.Tasks.Sources;

namespace Mesh.Engine.Commit;

/// <summary>Something that is answered when the commit it waits for has ended.</summary>
public abstract class CommitWaiter
{
    /// <summary>The commit is durable.</summary>
    internal abstract void Succeed();

    /// <summary>The commit is not, or nobody knows.</summary>
    internal abstract void Fail(Exception reason);
}

/// <summary>
/// An answer that is known already and given when the commit is durable. Pooled: <see cref="Task"/> is awaited exactly once, and the ticket
/// goes back to its pool with that.
/// </summary>
public sealed class CommitTicket<T> : CommitWaiter, IValueTaskSource<T>
{
    private const int PooledMax = 256;

    [ThreadStatic]
    private static Stack<CommitTicket<T>>? _pool;

    private static readonly Action<object?> PostOn = static ticket => ((CommitTicket<T>)ticket!).Post();
    private static readonly SendOrPostCallback ContinueOn = static ticket => ((CommitTicket<T>)ticket!).Continue();

    // Continuations never run on the committing thread, which has the next transaction to write.
    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };
    private T? _answer;
    private SynchronizationContext? _context;
    private Action<object?>? _continuation;
    private object? _state;

    public ValueTask<T> Task => new(this, _core.Version);

    public static CommitTicket<T> Rent(T answer)
    {
        var ticket = _pool is { Count: > 0 } pool ? pool.Pop() : new CommitTicket<T>();
        ticket._answer = answer;
        return ticket;
    }

    internal override void Succeed() => _core.SetResult(_answer!);

    internal override void Fail(Exception reason) => _core.SetException(reason);

    T IValueTaskSource<T>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            _core.RunContinuationsAsynchronously = true;
            _answer = default;
            var pool = _pool ??= new Stack<CommitTicket<T>>();
            if (pool.Count < PooledMax) pool.Push(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) == 0 || SynchronizationContext.Current is not { } context)
        {
            _core.OnCompleted(continuation, state, token, flags);
            return;
        }

        // Posted by ourselves, from the committing thread and without an allocation.
        (_context, _continuation, _state) = (context, continuation, state);
        _core.RunContinuationsAsynchronously = false;
        _core.OnCompleted(PostOn, this, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
    }

    private void Post() => _context!.Post(ContinueOn, this);

    private void Continue()
    {
        var (continuation, state) = (_continuation!, _state);
        (_context, _continuation, _state) = (null, null, null);
        continuation(state);
    }
}
