namespace Mesh.Orleans.Client;

/// <summary>
/// Tries a grain call again while the silo that holds the grain is gone, until another has it. What failed for the stream's own reasons is not tried again.
/// </summary>
internal sealed class Patience(TimeSpan retryFor)
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);

    /// <param name="call">May run more than once, so it must come to the same, whatever became of the one before.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="StorageUnavailableException">No silo answered in time.</exception>
    public async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancel = default)
    {
        var giveUpAt = Environment.TickCount64 + (long)retryFor.TotalMilliseconds;
        for (var pause = PauseFirst; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                return await call();
            }
            catch (Exception reason) when (IsOfTheCluster(reason))
            {
                if (Environment.TickCount64 + (long)pause.TotalMilliseconds > giveUpAt) throw Unreachable(reason);
            }
            catch (StreamFencedException)
            {
                // Nothing of it was stored, and the activation that was asked has stepped down.
                if (Environment.TickCount64 + (long)pause.TotalMilliseconds > giveUpAt) throw;
            }

            await Task.Delay(pause, cancel);
        }
    }

    /// <summary>For calls that must not run twice: only what surely did not run is tried again.</summary>
    public async ValueTask<T> CallOnceAsync<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (StreamFencedException)
        {
            return await CallOnceAsync(call);
        }
        catch (Exception reason) when (IsOfTheCluster(reason))
        {
            throw Unreachable(reason);
        }
    }

    /// <summary>The silo is gone, or did not answer: nothing is known of the call.</summary>
    public static bool IsOfTheCluster(Exception reason) =>
        reason is OrleansException or TimeoutException or Microsoft.AspNetCore.Connections.ConnectionAbortedException or ObjectDisposedException;

    private static StorageUnavailableException Unreachable(Exception reason) => new($"No silo of the cluster answers for the stream: {reason.Message} Ask again.", reason);
}
