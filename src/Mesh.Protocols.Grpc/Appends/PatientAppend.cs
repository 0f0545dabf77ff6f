using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.Appends;

/// <summary>An append that waits and tries again while the stream is busy: its client, unread meanwhile, is slowed down instead of refused.</summary>
/// <param name="append">Where segments go.</param>
/// <param name="waitMax">How long one segment is offered.</param>
/// <param name="clock">Measures the waits.</param>
/// <param name="deadline">Cancelled when the client's deadline has passed: then the last answer counts.</param>
internal sealed class PatientAppend(Append append, TimeSpan waitMax, TimeProvider clock, CancellationToken deadline)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFencing = TimeSpan.FromMilliseconds(50);

    /// <exception cref="GrpcException">The segment is not stored, and why.</exception>
    /// <exception cref="StreamFencedException">The stream moves for longer than the wait.</exception>
    /// <exception cref="StorageUnavailableException">The storage failed.</exception>
    /// <returns>What the append, or an earlier one of the same records, got: <see cref="AppendResult.Appended"/> or <see cref="AppendResult.Duplicate"/>.</returns>
    public async Task<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            TimeSpan pause;
            try
            {
                var result = await append(segment, options).ConfigureAwait(false);
                var status = ErrorMap.FromAppend(result);
                if (status.Code == StatusCode.Ok) return result;
                pause = result is AppendResult.Busy busy ? PauseOf(busy) : Timeout.InfiniteTimeSpan;
                if (!MayWait(began, pause)) throw new GrpcException(status);
            }
            catch (StreamFencedException) when (MayWait(began, PauseAfterFencing))
            {
                pause = PauseAfterFencing; // nothing was stored, and the next owner will take it
            }

            await PauseAsync(pause).ConfigureAwait(false);
        }
    }

    private static TimeSpan PauseOf(AppendResult.Busy busy) =>
        busy.RetryAfter < PauseMin ? PauseMin : busy.RetryAfter > PauseMax ? PauseMax : busy.RetryAfter;

    private bool MayWait(long began, TimeSpan pause) =>
        pause >= TimeSpan.Zero && !deadline.IsCancellationRequested && clock.GetElapsedTime(began) + pause <= waitMax;

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, clock, deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Once more, and then the answer is the last.
        }
    }
}

/// <summary>As <see cref="IStreamLog.AppendAsync"/>.</summary>
internal delegate ValueTask<AppendResult> Append(ReadOnlyMemory<byte> segment, AppendOptions options);
