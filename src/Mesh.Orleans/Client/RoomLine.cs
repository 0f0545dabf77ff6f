namespace Mesh.Orleans.Client;

/// <summary>
/// Makes few calls of many messages to one room: what comes while a call is under way, or in one turn of a thread, travels in the next, in order. One call is
/// under way at a time, so the order holds whatever happens to a call. Bounded in bytes, from arrival to answer. Thread-safe.
/// </summary>
/// <param name="send">Sends a batch and tells how many listeners each message reached. When it throws, all of the batch are told.</param>
/// <param name="bounds">How much at once.</param>
internal sealed class RoomLine(Func<MessageBatch, ValueTask<int[]>> send, CallBounds bounds) : IOwed
{
    private const int BatchBytesMin = 256;

    private readonly Lock _change = new();
    private readonly Queue<MessageBatch> _waiting = new();
    private MessageBatch? _filling;
    private int _bytesLikely = BatchBytesMin;
    private long _bytes;
    private bool _isSending;

    /// <summary>Puts a message in line; it is copied.</summary>
    /// <returns>How many listeners it reached; null when too much is in line already.</returns>
    public ValueTask<int>? TryAdd(ReadOnlySpan<byte> message)
    {
        ValueTask<int> answer;
        bool isFirst;
        lock (_change)
        {
            if (_bytes + message.Length > bounds.BytesMax) return null;
            if (_filling is null || _filling.Count >= bounds.CallItemsMax || _filling.Length >= bounds.CallBytesMax)
                _waiting.Enqueue(_filling = new MessageBatch(_bytesLikely));
            var before = _filling.Length;
            answer = _filling.Add(message);
            _bytes += _filling.Length - before;
            isFirst = !_isSending;
            _isSending = true;
        }

        if (isFirst) PushTurn.Owe(this);
        return answer;
    }

    /// <summary>On a thread of the pool, for the caller may be a grain whose turns end before this line does.</summary>
    void IOwed.Flush() => _ = Task.Run(SendAllAsync);

    private async Task SendAllAsync()
    {
        for (var batch = Take(null); batch is not null; batch = Take(batch))
        {
            try
            {
                batch.Settle(await send(batch).ConfigureAwait(false));
            }
            catch (Exception reason)
            {
                batch.Fail(reason);
            }
        }
    }

    /// <summary>Gives back the room of the batch that is done, and takes the next.</summary>
    /// <returns>Null when none waits; the next to come begins anew.</returns>
    private MessageBatch? Take(MessageBatch? done)
    {
        lock (_change)
        {
            if (done is not null)
            {
                _bytes -= done.Length;
                _bytesLikely = Math.Max(BatchBytesMin, done.Length);
            }

            _isSending = _waiting.TryDequeue(out var next);
            if (next == _filling) _filling = null;
            return next;
        }
    }
}
