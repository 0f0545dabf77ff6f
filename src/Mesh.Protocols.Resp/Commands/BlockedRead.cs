using Mesh.Protocols.Resp.Connections;

namespace Mesh.Protocols.Resp.Commands;

/// <summary>A read that found nothing and waits for more, while its time lasts.</summary>
internal sealed class BlockedRead(RespSession session, TimeSpan? block)
{
    private readonly long _began = session.Clock.GetTimestamp();

    /// <summary>Waits for the first record of any of the streams, the time, or the client's leaving.</summary>
    /// <param name="begin">Begins to wait at each of the streams, for this long.</param>
    /// <returns>False when the time was up first, or nobody asked to wait.</returns>
    /// <exception cref="OperationCanceledException">The client has left, or the server stops.</exception>
    public async ValueTask<bool> WaitAsync(Func<TimeSpan, CancellationToken, IEnumerable<ValueTask<bool>>> begin)
    {
        if (block is not { } time || session.MayNotBlock) return false;

        // What comes may not be what is waited for: then the wait goes on, for what is left of it.
        var left = time == Timeout.InfiniteTimeSpan ? time : time - session.Clock.GetElapsedTime(_began);
        if (time != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero) return false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Stopping);
        session.IsBlocked = true;
        var unblock = session.Unblock = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = session.WatchAsync(stop, stop.Token);
        var waits = begin(left, stop.Token).Select(wait => wait.AsTask()).ToList();
        var first = await Task.WhenAny([.. waits, unblock.Task]);
        var hasLeft = stop.IsCancellationRequested;
        await stop.CancelAsync();
        await Task.WhenAll([.. waits, watch]).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        session.IsBlocked = false;
        session.Unblock = null;

        // Whoever was told that this client is unblocked must be right, though a record came at the same moment.
        if (!unblock.TrySetCanceled()) return await unblock.Task ? throw new RespErrorException("UNBLOCKED client unblocked via CLIENT UNBLOCK") : false;
        if (hasLeft) throw new OperationCanceledException("The client has left, or the server stops.");
        return await first;
    }
}
