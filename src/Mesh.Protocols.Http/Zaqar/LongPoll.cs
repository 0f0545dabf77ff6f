using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Looks for messages until there are some, for as long as the client has asked to wait. Who waits costs nothing until the queue changes. Thread-safe.</summary>
internal sealed class LongPoll(Waits waits, TimeProvider clock)
{
    private static readonly HttpFailure TooMany = new(
        StatusCodes.Status429TooManyRequests, "So many requests wait for messages that no more can. Try again later, or ask without waiting.", TimeSpan.FromSeconds(1));

    /// <param name="queue">Where.</param>
    /// <param name="request">Who asks; the waiting ends when the client goes, and unanswered-for when the server stops.</param>
    /// <param name="wait">At most; zero looks once.</param>
    /// <param name="look">Finds messages, or null.</param>
    /// <returns>Null when there were none in time.</returns>
    /// <exception cref="WaitRefusal">Too many wait already.</exception>
    public async Task<T?> FindAsync<T>(IQueue queue, ZaqarRequest request, TimeSpan wait, Func<Task<T?>> look)
        where T : class
    {
        var found = await look().ConfigureAwait(false);
        return found is not null || wait <= TimeSpan.Zero ? found : await WithinAsync(request, end => WaitAsync(queue, wait, look, end)).ConfigureAwait(false);
    }

    /// <summary>Asks what waits by itself.</summary>
    /// <param name="request">Who asks; as there.</param>
    /// <param name="ask">Waits until the token ends it.</param>
    /// <returns>Null when the server stops.</returns>
    /// <exception cref="WaitRefusal">Too many wait already.</exception>
    public async Task<T?> WithinAsync<T>(ZaqarRequest request, Func<CancellationToken, Task<T?>> ask)
        where T : class
    {
        if (!waits.TryEnter()) throw new WaitRefusal(TooMany);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, waits.Stopping);
        try
        {
            return await ask(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (waits.Stopping.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            waits.Leave();
        }
    }

    private async Task<T?> WaitAsync<T>(IQueue queue, TimeSpan wait, Func<Task<T?>> look, CancellationToken end)
        where T : class
    {
        var since = clock.GetTimestamp();
        for (long seen = 0; ;)
        {
            var left = wait - clock.GetElapsedTime(since);
            var changed = left > TimeSpan.Zero ? await queue.WaitChangeAsync(seen, left, end).ConfigureAwait(false) : seen;

            // When the time is up, a last look finds what came due without a sign.
            if (await look().ConfigureAwait(false) is { } found) return found;
            if (changed == seen) return null;
            seen = changed;
        }
    }
}

/// <summary>A request may not wait; it is answered with the failure.</summary>
internal sealed class WaitRefusal(HttpFailure failure) : Exception(failure.Message)
{
    public HttpFailure Failure { get; } = failure;
}
