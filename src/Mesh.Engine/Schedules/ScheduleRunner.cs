using System.Collections.Concurrent;
using Mesh.Engine.Time;

namespace Mesh.Engine.Schedules;

/// <summary>
/// Appends what is due. Any number of processes may run one over the same mesh: a claim keeps them apart, and an append that two make, or one makes twice after a
/// crash, is known to its stream by where it comes from. Thread-safe.
/// </summary>
/// <param name="mesh">Where the queues of what is scheduled are, and the streams.</param>
/// <param name="book">Puts what comes again into its next queue.</param>
/// <param name="clock">The process's clock.</param>
/// <param name="warn">Told why something waits longer than it should: one sentence.</param>
public sealed class ScheduleRunner(IMesh mesh, ScheduleBook book, SteadyClock clock, Action<string> warn)
{
    /// <summary>How often queues that other processes have made are looked for.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a queue stays after the last of its five minutes, for who was slow to put something in.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    /// <summary>What one process has taken to append is taken again after this.</summary>
    internal static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(10);

    /// <summary>How often a queue in which nothing happens is looked at.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    private const int NamesMax = 1000;

    private readonly ConcurrentDictionary<StreamName, Task> _running = new();
    private CancellationToken _stop;

    /// <summary>Runs until it is stopped, and then ends as if nothing were.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        book.OnAdded = Begin;
        using var timer = new PeriodicTimer(Interval, clock.Source);
        try
        {
            do await FindAsync();
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }

        await Task.WhenAll(_running.Values);
    }

    /// <summary>Sees to the queues whose time comes before the next look.</summary>
    private async Task FindAsync()
    {
        try
        {
            for (var after = ""; ;)
            {
                var entries = await mesh.Catalogue.ListAsync(Buckets.Project, StreamKind.Queue, after, NamesMax, _stop);
                foreach (var entry in entries)
                {
                    if (!IsNear(entry.Name)) return;
                    Begin(entry.Name);
                }

                if (entries.Count < NamesMax) return;
                after = entries[^1].Name.Name;
            }
        }
        catch (StorageUnavailableException reason)
        {
            warn($"Scheduled appends wait for the storage: {reason.Message}");
        }
    }

    private bool IsNear(StreamName queue) => Buckets.Read(queue).Bucket <= Buckets.Of(clock.Now().Plus(2 * Interval));

    private void Begin(StreamName queue)
    {
        if (_stop.IsCancellationRequested || _running.ContainsKey(queue) || !IsNear(queue)) return;
        var begin = new Task<Task>(() => SeeToAsync(queue));
        if (_running.TryAdd(queue, begin.Unwrap())) begin.Start(TaskScheduler.Default);
    }

    /// <summary>Until the queue's time is over and nothing is left in it.</summary>
    private async Task SeeToAsync(StreamName name)
    {
        var round = new ScheduleRound(mesh, book, clock, warn, name);
        try
        {
            while (!await IsOverAsync(name))
            {
                try
                {
                    await round.RunAsync(LookInterval, _stop);
                }
                catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
                {
                    warn($"Scheduled appends wait for the storage: {reason.Message}");
                    await Task.Delay(Interval, clock.Source, _stop);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
        finally
        {
            _running.TryRemove(name, out _);
        }
    }

    private TimeSpan LeftOf(StreamName queue) => Buckets.EndOf(Buckets.Read(queue).Bucket).Plus(Slack).Since(clock.Now());

    /// <summary>Deletes a queue whose time is over and that is empty.</summary>
    private async Task<bool> IsOverAsync(StreamName name)
    {
        try
        {
            if (LeftOf(name) > TimeSpan.Zero) return false;
            var stats = await mesh.Queue(name).StatsAsync(_stop);
            if (stats.Claimed + stats.Free > 0) return false;
            await mesh.Catalogue.DeleteAsync(name, _stop);
            return true;
        }
        catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
        {
            return false;
        }
    }
}
