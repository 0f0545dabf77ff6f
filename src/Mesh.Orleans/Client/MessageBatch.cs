using System.Threading.Tasks.Sources;
using Mesh.Orleans.Rooms;

namespace Mesh.Orleans.Client;

/// <summary>
/// Messages that go to a room in one call, in one buffer, and their answers: a caller waits for its place in the batch, so a message costs neither an object nor
/// a task of its own. Filled by one thread at a time, then settled once.
/// </summary>
/// <param name="bytesLikely">Room to begin with.</param>
internal sealed class MessageBatch(int bytesLikely) : IValueTaskSource<int>
{
    private readonly TaskCompletionSource<int[]> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PostBuffer _messages = new(bytesLikely);

    public int Count => _messages.Count;

    /// <inheritdoc cref="PostBuffer.Length"/>
    public int Length => _messages.Length;

    /// <summary>Adds a message; at most <see cref="short.MaxValue"/> fit.</summary>
    /// <returns>How many listeners it reached, once the batch is settled.</returns>
    public ValueTask<int> Add(ReadOnlySpan<byte> message)
    {
        var place = checked((short)Count);
        _messages.Add(message);
        return new ValueTask<int>(this, place);
    }

    /// <summary>The messages as they cross. Nothing is added after that.</summary>
    /// <param name="numbers">Mark them.</param>
    public RoomPosts ToPosts(SenderNumbers numbers) => _messages.ToPosts(numbers.Sender, numbers.Take(Count));

    /// <param name="receivers">Of each message.</param>
    public void Settle(int[] receivers) => _settled.SetResult(receivers);

    public void Fail(Exception reason) => _settled.TrySetException(reason);

    int IValueTaskSource<int>.GetResult(short token) => _settled.Task.GetAwaiter().GetResult()[token];

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _settled.Task.Status switch
    {
        TaskStatus.RanToCompletion => ValueTaskSourceStatus.Succeeded,
        TaskStatus.Faulted => ValueTaskSourceStatus.Faulted,
        TaskStatus.Canceled => ValueTaskSourceStatus.Canceled,
        _ => ValueTaskSourceStatus.Pending,
    };

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        var settled = _settled.Task.ConfigureAwait((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0).GetAwaiter();
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0) settled.OnCompleted(() => continuation(state));
        else settled.UnsafeOnCompleted(() => continuation(state));
    }
}
