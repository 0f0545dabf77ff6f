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

    // Continuations never run on the committing thread, which has the next transaction to write.
    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };
    private T? _answer;

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
            _answer = default;
            var pool = _pool ??= new Stack<CommitTicket<T>>();
            if (pool.Count < PooledMax) pool.Push(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
