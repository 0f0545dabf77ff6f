using System.Collections.Concurrent;
using Mesh.Orleans.Client;
using Mesh.Orleans.Silo;
using Microsoft.Extensions.Options;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// Calls processes with listeners, and tells those that are gone from those that have lost their silo and are on their way to another: a publish waits for the
/// latter a moment, so that it does not reach nobody because a silo died. Which processes do not answer all rooms of the silo know together. Thread-safe.
/// </summary>
internal sealed class RoomReach(ISiloStatusOracle silos, SiloWatch watch, ClusterChanges changes, IOptions<MeshSiloOptions> options)
{
    /// <summary>A call that does not reach its process is made again for so long.</summary>
    private static readonly TimeSpan ReachMax = TimeSpan.FromSeconds(3);

    /// <summary>So long after a silo was lost clients look for another, and Orleans may not know where they are.</summary>
    private static readonly TimeSpan UnsettledMax = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Processes that have not answered, or not in time, since they last did.</summary>
    private readonly ConcurrentDictionary<RoomProcess, bool> _silent = new();

    private bool IsUnsettled => watch.SinceLoss < UnsettledMax;

    /// <summary>The silo that the process was is dead.</summary>
    public bool IsDead(RoomProcess process) => process.Silo is { } silo && silos.IsDeadSilo(silo);

    /// <summary>The process has not answered, or not in time, since it last did.</summary>
    public bool IsSilent(RoomProcess process) => _silent.ContainsKey(process);

    /// <summary>
    /// Waits for what a process answers, but no longer than one takes that is well, and not at all for one that is silent: it may have been killed, and Orleans takes
    /// it for away for seconds. One that is on its way from a silo that died to another is waited for.
    /// </summary>
    /// <returns>False when the answer is not waited for.</returns>
    public async ValueTask<bool> AnswersAsync(RoomProcess process, Task answer)
    {
        while (!answer.IsCompleted)
        {
            if (IsSilent(process)) return false;
            try
            {
                await answer.WaitAsync(options.Value.RoomAnswerMax);
            }
            catch (TimeoutException)
            {
                if (!IsUnsettled) _silent[process] = true;
                if (answer.IsCompleted) _silent.TryRemove(process, out _); // it has just answered
            }
        }

        return true;
    }

    /// <summary>As <see cref="CallAsync"/>, and it is known from then on whether the process answers. One that is silent is called once.</summary>
    public async ValueTask<Reached<T>> HandAsync<T>(RoomProcess process, Func<IRoomMember, ValueTask<T>> call)
    {
        var reached = await CallAsync(process, call, isPatient: !IsSilent(process));
        if (reached.How == ReachedHow.Silent) _silent[process] = true;
        else _silent.TryRemove(process, out _);
        return reached;
    }

    /// <param name="process">Whom to call.</param>
    /// <param name="call">May run more than once.</param>
    /// <param name="isPatient">False: one that does not answer is not called again.</param>
    public async ValueTask<Reached<T>> CallAsync<T>(RoomProcess process, Func<IRoomMember, ValueTask<T>> call, bool isPatient)
    {
        for (var giveUpAt = Environment.TickCount64 + (long)ReachMax.TotalMilliseconds; ;)
        {
            var changed = changes.Next;
            try
            {
                return new Reached<T>(ReachedHow.Answered, await call(process.Member).AsTask().WaitAsync(changed));
            }
            catch (OperationCanceledException) when (changed.IsCancellationRequested)
            {
                // The silo that the call went through may be the one that died.
                continue;
            }
            catch (Exception reason) when (Patience.IsOfTheCluster(reason) || IsUnknown(reason))
            {
                var isUnsettled = IsUnsettled;
                if (IsDead(process) || (IsUnknown(reason) && !isUnsettled)) return new Reached<T>(ReachedHow.Gone, default);
                if (!isPatient || (!isUnsettled && Environment.TickCount64 > giveUpAt)) return new Reached<T>(ReachedHow.Silent, default);
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>No silo knows the client. One that it has left takes it for a grain that it cannot activate, and says so by an InvalidOperationException.</summary>
    private static bool IsUnknown(Exception reason) => reason is ClientNotAvailableException or InvalidOperationException;
}

/// <summary>What became of a call.</summary>
/// <param name="How">Whether it was answered.</param>
/// <param name="Answer">The answer, if it was.</param>
internal readonly record struct Reached<T>(ReachedHow How, T? Answer);

internal enum ReachedHow
{
    Answered,

    /// <summary>It may be there, and it may have got the call.</summary>
    Silent,

    /// <summary>The process is gone, and its listeners with it.</summary>
    Gone,
}
