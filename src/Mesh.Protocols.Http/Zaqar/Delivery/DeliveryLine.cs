namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>
/// The deliveries to one subscriber: a few workers while there is something to deliver, none otherwise. Each takes one note at a time out of the
/// subscription's queue, under a claim, so that a note whose server dies goes to another, or to the same one later. Thread-safe.
/// </summary>
/// <param name="queue">What waits.</param>
/// <param name="workersMax">Calls to this subscriber at a time.</param>
/// <param name="claimFor">Longer than an attempt takes.</param>
/// <param name="attempt">Tries one note and says after which delay it is free again; null when it is done with.</param>
/// <param name="clock">Wakes the line for retries.</param>
/// <param name="report">Hears of faults.</param>
/// <param name="stop">Signalled when no more is to be delivered.</param>
internal sealed class DeliveryLine(IQueue queue, int workersMax, TimeSpan claimFor, Func<QueuePage, Task<TimeSpan?>> attempt, TimeProvider clock, Action<Exception> report, CancellationToken stop)
{
    /// <summary>Retries that are waited for at a time; those beyond are found when the line is looked at from time to time.</summary>
    private const int WakesMax = 1000;

    /// <summary>A note is free for sure when the line looks for it again.</summary>
    private static readonly TimeSpan WakeLater = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private int _workers;
    private int _wakes;
    private bool _isWanted;

    /// <summary>True while nothing is being delivered.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate) return _workers == 0;
        }
    }

    /// <summary>There may be something to deliver.</summary>
    public void Kick()
    {
        lock (_gate)
        {
            _isWanted = true;
            if (_workers == workersMax || stop.IsCancellationRequested) return;
            _workers++;
        }

        _ = Task.Run(WorkAsync, CancellationToken.None);
    }

    private async Task WorkAsync()
    {
        try
        {
            while (Begin())
            {
                while (!stop.IsCancellationRequested && await DeliverNextAsync().ConfigureAwait(false))
                {
                }
            }
        }
        catch (Exception failure)
        {
            // What was claimed is free again when the claim ends; the next kick goes on.
            lock (_gate) _workers--;
            if (failure is not (StorageUnavailableException or StreamFencedException or OperationCanceledException)) report(failure);
        }
    }

    /// <returns>False, and one worker less, when nobody has called since the last look.</returns>
    private bool Begin()
    {
        lock (_gate)
        {
            var isWanted = _isWanted && !stop.IsCancellationRequested;
            _isWanted = false;
            if (!isWanted) _workers--;
            return isWanted;
        }
    }

    /// <returns>False when nothing is there to be delivered now.</returns>
    private async Task<bool> DeliverNextAsync()
    {
        var claimed = await queue.ClaimAsync(1, new ClaimTerms(claimFor, TimeSpan.Zero), stop).ConfigureAwait(false);
        if (claimed.Id is not { } claim) return false;
        Kick();
        var delay = await attempt(claimed.Page).ConfigureAwait(false);
        if (delay is null) await queue.AckAsync(SequenceOf(claimed.Page), claim, CancellationToken.None).ConfigureAwait(false);
        else if (delay == TimeSpan.Zero) await queue.ReleaseAsync(claim, CancellationToken.None).ConfigureAwait(false);
        else await PutOffAsync(claim, delay.Value).ConfigureAwait(false);
        return true;
    }

    /// <summary>The claim keeps the note from everybody until it is time; that holds across a restart.</summary>
    private async Task PutOffAsync(ClaimId claim, TimeSpan delay)
    {
        await queue.ExtendAsync(claim, new ClaimTerms(delay, TimeSpan.Zero), CancellationToken.None).ConfigureAwait(false);
        if (Interlocked.Increment(ref _wakes) <= WakesMax) _ = WakeAsync(delay + WakeLater);
        else Interlocked.Decrement(ref _wakes);
    }

    private async Task WakeAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, clock, stop).ConfigureAwait(false);
            Kick();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        finally
        {
            Interlocked.Decrement(ref _wakes);
        }
    }

    private static Sequence SequenceOf(QueuePage page)
    {
        foreach (var record in page.Records) return record.Sequence;
        return Sequence.None;
    }
}
