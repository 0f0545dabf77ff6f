namespace Mesh.Engine.Log;

/// <summary>
/// Those who wait for records that are not there yet. Each reads by its own cursor; being live is no more than being woken here, so there is no hand-over
/// between catching up and live. Not thread-safe.
/// </summary>
internal sealed class Subscribers
{
    private readonly List<Waiting> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>A task that ends when <see cref="Wake"/> is called with this sequence or a later one.</summary>
    public TaskCompletionSource Add(Sequence until)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(new Waiting(until, signal));
        return signal;
    }

    public void Remove(TaskCompletionSource signal) => _waiting.RemoveAll(waiting => waiting.Signal == signal);

    public void Wake(Sequence high)
    {
        if (_waiting.Count == 0) return;
        var kept = 0;
        for (var i = 0; i < _waiting.Count; i++)
        {
            var waiting = _waiting[i];
            if (waiting.Until <= high) waiting.Signal.TrySetResult();
            else _waiting[kept++] = waiting;
        }

        _waiting.RemoveRange(kept, _waiting.Count - kept);
    }

    private readonly record struct Waiting(Sequence Until, TaskCompletionSource Signal);
}
