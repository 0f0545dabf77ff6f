using Mesh.Engine.Storage;
using Mesh.Engine.Time;

namespace Mesh.Engine.Streams;

/// <summary>
/// What a host's store needs now and then: open streams delete what retention has taken, streams that nobody has open are found and woken, and the room of
/// deleted ones is given back. Thread-safe.
/// </summary>
/// <param name="store">One of the host's stores.</param>
/// <param name="clock">The host's clock.</param>
/// <param name="open">The streams of the store that are open here.</param>
/// <param name="wake">Sees to a stream that has rows to delete and is open nowhere.</param>
/// <param name="warn">Told why maintenance waits, or passes a stream over: one sentence.</param>
/// <param name="also">What else the store needs with each step; null needs nothing.</param>
public sealed class Maintenance(
    ILogStore store, SteadyClock clock, Func<IEnumerable<StreamKeeper>> open, Func<StreamName, CancellationToken, Task> wake, Action<string> warn, Func<CancellationToken, Task>? also = null)
{
    private readonly RetentionSweep _sweep = new(store, clock);
    private int _hasDropped = 1;

    /// <summary>A stream was deleted: what it held goes with the next step.</summary>
    public void OnDeleted() => Volatile.Write(ref _hasDropped, 1);

    /// <summary>A step each interval until it is stopped, and then ends as if nothing were. What the storage refuses is tried again with the next step.</summary>
    public async Task RunAsync(TimeSpan interval, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, clock.Source);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await StepAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task StepAsync(CancellationToken stop)
    {
        try
        {
            foreach (var stream in open()) await MaintainAsync(stream.Name, stream.MaintainAsync(), stop);
            foreach (var name in await _sweep.NextAsync(stop)) await MaintainAsync(name, new ValueTask(wake(name, stop)), stop);
            if (also is not null) await also(stop);
            if (Interlocked.Exchange(ref _hasDropped, 0) == 0) return;
            while (!stop.IsCancellationRequested && await store.ReclaimAsync(stop))
            {
            }
        }
        catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
        {
            OnDeleted();
            warn($"Maintenance waits for the storage: {reason.Message}");
        }
    }

    /// <summary>One stream that another owner has taken, or that cannot be opened because what is stored of it is damaged, keeps no other from its maintenance.</summary>
    private async ValueTask MaintainAsync(StreamName name, ValueTask maintained, CancellationToken stop)
    {
        try
        {
            await maintained;
        }
        catch (StreamFencedException)
        {
            // Whoever has it now maintains it.
        }
        catch (Exception reason) when (reason is not StorageUnavailableException && !stop.IsCancellationRequested)
        {
            warn($"{name} cannot be maintained: {reason.Message}");
        }
    }
}
