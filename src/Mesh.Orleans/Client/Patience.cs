namespace Mesh.Orleans.Client;

/// <summary>
/// Tries a grain call again while the silo that holds the grain is gone, until another has it. What failed for the stream's own reasons is not tried again.
/// A call that waits when the cluster changes is tried again at once, for the silo that it waits for may be the one that died. Thread-safe.
/// </summary>
/// <param name="retryFor">How long.</param>
/// <param name="changes">Of the cluster.</param>
/// <param name="holds">Of the stream that is called; null for what cannot be held.</param>
internal sealed class Patience(TimeSpan retryFor, ClusterChanges changes, HeldCalls? holds = null)
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);

    /// <summary>The same for calls of one stream that can be held.</summary>
    public Patience Of(HeldCalls stream) => new(retryFor, changes, stream);

    /// <param name="call">May run more than once, so it must come to the same, whatever became of the one before.</param>
    /// <param name="cancel">Ends the waiting, whatever the silo does.</param>
    /// <exception cref="StorageUnavailableException">No silo answered in time.</exception>
    public ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancel = default) => CallAsync(_ => call(), cancel);

    /// <summary>As the other, for a call that is told whether it repeats one whose answer is not known.</summary>
    public async ValueTask<T> CallAsync<T>(Func<bool, ValueTask<T>> call, CancellationToken cancel = default)
    {
        var giveUpAt = Environment.TickCount64 + (long)retryFor.TotalMilliseconds;
        var (isRepeat, mayHaveRun) = (false, false);
        holds?.Mark();
        for (var pause = PauseFirst; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax, isRepeat = true)
        {
            var changed = changes.Next;
            try
            {
                var answer = call(isRepeat);
                return answer.IsCompleted ? await answer : await answer.AsTask().WaitAsync(changed).WaitAsync(cancel);
            }
            catch (OperationCanceledException reason) when (!cancel.IsCancellationRequested)
            {
                // The cluster has changed, or an activation was given up before it could take the call.
                mayHaveRun = true;
                if (Environment.TickCount64 > giveUpAt) throw Unreachable(reason);
                if (changed.IsCancellationRequested) continue;
            }
            catch (Exception reason) when (IsOfTheCluster(reason))
            {
                mayHaveRun = true;
                if (Environment.TickCount64 + (long)pause.TotalMilliseconds > giveUpAt) throw Unreachable(reason);
            }
            catch (StreamFencedException)
            {
                // Nothing of it was stored, and the activation that was asked has stepped down.
                if (Environment.TickCount64 + (long)pause.TotalMilliseconds > giveUpAt) throw;
            }
            catch (StreamHoldLostException reason) when (mayHaveRun)
            {
                throw new StreamHoldLostException(reason.Stream, mayHaveRun: true);
            }

            await Task.Delay(pause, cancel);
        }
    }

    /// <summary>For calls that must not run twice: nothing but a refusal is tried again.</summary>
    /// <exception cref="StorageUnavailableException">The silo is gone; whether the call ran is not known.</exception>
    public async ValueTask<T> CallOnceAsync<T>(Func<ValueTask<T>> call)
    {
        holds?.Mark();
        for (var giveUpAt = Environment.TickCount64 + (long)retryFor.TotalMilliseconds; ;)
        {
            try
            {
                return await call();
            }
            catch (StreamFencedException) when (Environment.TickCount64 < giveUpAt)
            {
                await Task.Delay(PauseFirst);
            }
            catch (Exception reason) when (IsOfTheCluster(reason))
            {
                throw Unreachable(reason);
            }
        }
    }

    /// <summary>The silo is gone, or did not answer: nothing is known of the call.</summary>
    public static bool IsOfTheCluster(Exception reason) =>
        reason is OrleansException or TimeoutException or Microsoft.AspNetCore.Connections.ConnectionAbortedException or ObjectDisposedException;

    private static StorageUnavailableException Unreachable(Exception? reason) =>
        new($"No silo of the cluster answers for the stream{(reason is null ? "" : $": {reason.Message.TrimEnd('.')}")}. Ask again.", reason);
}
