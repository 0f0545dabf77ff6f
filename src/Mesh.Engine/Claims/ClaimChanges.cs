namespace Mesh.Engine.Claims;

/// <summary>Counts what may make somebody find records who found none before, and wakes those who wait for that. Not thread-safe: the owning actor runs one turn at a time.</summary>
/// <param name="start">Another one for each actor that there ever is, so that two of them do not count alike.</param>
internal sealed class ClaimChanges(long start)
{
    private static readonly TimeSpan SleepMin = TimeSpan.FromMilliseconds(1);

    private readonly List<TaskCompletionSource> _waiting = [];
    private RecordTime _wakesAt = RecordTime.Max;

    public long Count { get; private set; } = start;

    /// <summary>So many wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Records came, or are free.</summary>
    public void Announce()
    {
        Count++;
        Wake();
    }

    /// <summary>A task that ends with the next change, or when who waits must look at the time anew.</summary>
    /// <param name="next">When something may be free without anybody's doing: so long who waits sleeps at most.</param>
    public TaskCompletionSource Add(RecordTime next)
    {
        if (next < _wakesAt) _wakesAt = next;
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(signal);
        return signal;
    }

    public void Remove(TaskCompletionSource signal) => _waiting.Remove(signal);

    /// <summary>Outside any turn: waits for a signal, but no longer than a time, by the actor's clock. Who waits then looks at the time.</summary>
    /// <param name="signal">From <see cref="Add"/>; to be removed afterwards.</param>
    /// <param name="time">The greatest one waits without a limit.</param>
    /// <param name="clock">The actor's.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async ValueTask SleepAsync(TaskCompletionSource signal, TimeSpan time, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            await (time == TimeSpan.MaxValue ? signal.Task.WaitAsync(cancel) : signal.Task.WaitAsync(time > SleepMin ? time : SleepMin, clock, cancel));
        }
        catch (TimeoutException)
        {
            // Who waits looks at the time.
        }
    }

    /// <summary>Something may be free at this time; who sleeps longer looks again.</summary>
    public void Note(RecordTime next)
    {
        if (next < _wakesAt && _waiting.Count > 0) Wake();
    }

    private void Wake()
    {
        foreach (var signal in _waiting) signal.TrySetResult();
        _waiting.Clear();
        _wakesAt = RecordTime.Max;
    }
}
