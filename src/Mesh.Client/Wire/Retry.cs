namespace Mesh.Client.Wire;

/// <summary>How long and how often what failed is tried again: soon at first, then less often, never at the same moments as others. Not thread-safe.</summary>
internal sealed class Retry(TimeSpan retryFor)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    private long? _since;
    private TimeSpan _pause = PauseMin;

    /// <summary>Something went well: the next failure is the first.</summary>
    public void Reset()
    {
        _since = null;
        _pause = PauseMin;
    }

    /// <summary>Waits before the next attempt.</summary>
    /// <returns>False when it has failed for too long.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancel)
    {
        _since ??= System.Diagnostics.Stopwatch.GetTimestamp();
        if (System.Diagnostics.Stopwatch.GetElapsedTime(_since.Value) + _pause > retryFor) return false;
        await Task.Delay(_pause * (0.5 + Random.Shared.NextDouble()), cancel).ConfigureAwait(false);
        _pause = _pause * 2 < PauseMax ? _pause * 2 : PauseMax;
        return true;
    }

    /// <summary>Makes a call that may be made twice, until it goes well or fails for good.</summary>
    public static async Task<T> RunAsync<T>(TimeSpan retryFor, Func<Task<T>> call, CancellationToken cancel)
    {
        var retry = new Retry(retryFor);
        while (true)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (MeshException failure) when (failure.IsTransient)
            {
                if (!await retry.WaitAsync(cancel).ConfigureAwait(false)) throw;
            }
        }
    }
}
