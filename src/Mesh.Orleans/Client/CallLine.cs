namespace Mesh.Orleans.Client;

/// <summary>
/// Makes few calls of many: what arrives while a call is under way travels in the next, in order. One call is under way at a time, so the order holds whatever
/// happens to a call. Bounded in bytes, from arrival to answer. Thread-safe.
/// </summary>
/// <param name="send">Sends some and answers each, in order. Not called within any grain's turn. When it throws, all of them are told.</param>
/// <param name="bounds">How much at once.</param>
internal sealed class CallLine<TItem, TAnswer>(Func<IReadOnlyList<TItem>, ValueTask<IReadOnlyList<TAnswer>>> send, CallBounds bounds)
{
    private readonly Lock _change = new();
    private readonly Queue<Waiting> _waiting = new();
    private long _bytes;
    private bool _isSending;

    /// <summary>Puts an item in line.</summary>
    /// <returns>Its answer; null when too much is in line already.</returns>
    public Task<TAnswer>? TryAdd(TItem item, int bytes)
    {
        var waiting = new Waiting(item, bytes, new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        bool isFirst;
        lock (_change)
        {
            if (_bytes + bytes > bounds.BytesMax) return null;
            _bytes += bytes;
            _waiting.Enqueue(waiting);
            isFirst = !_isSending;
            _isSending = true;
        }

        // On a thread of the pool, for the caller may be a grain whose turns end before this line does.
        if (isFirst) _ = Task.Run(SendAllAsync);
        return waiting.Answer.Task;
    }

    private async Task SendAllAsync()
    {
        var batch = new List<Waiting>();
        while (Take(batch))
        {
            try
            {
                var answers = await send(batch.ConvertAll(waiting => waiting.Item));
                for (var i = 0; i < batch.Count; i++) batch[i].Answer.SetResult(answers[i]);
            }
            catch (Exception reason)
            {
                foreach (var waiting in batch) waiting.Answer.TrySetException(reason);
            }
        }
    }

    /// <summary>Gives back the room of those answered, and takes the next.</summary>
    /// <returns>False when none waits; the next to come begins anew.</returns>
    private bool Take(List<Waiting> batch)
    {
        lock (_change)
        {
            foreach (var done in batch) _bytes -= done.Bytes;
            batch.Clear();
            var bytes = 0;
            while (batch.Count < bounds.CallItemsMax && bytes < bounds.CallBytesMax && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
                bytes += next.Bytes;
            }

            return _isSending = batch.Count > 0;
        }
    }

    private readonly record struct Waiting(TItem Item, int Bytes, TaskCompletionSource<TAnswer> Answer);
}

/// <summary>Bounds of a line of calls.</summary>
/// <param name="BytesMax">In line, from arrival to answer.</param>
/// <param name="CallBytesMax">After which a call takes no further item.</param>
/// <param name="CallItemsMax">In one call.</param>
internal readonly record struct CallBounds(long BytesMax, int CallBytesMax, int CallItemsMax);
