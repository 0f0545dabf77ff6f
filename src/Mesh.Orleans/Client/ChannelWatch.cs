using Mesh.Engine.Channels;

namespace Mesh.Orleans.Client;

/// <summary>
/// Wakes the waiters of one tree of channels in this process. While there are any, the tree is followed once for all of them, and each record wakes whom it
/// concerns. Thread-safe.
/// </summary>
internal sealed class ChannelWatch(StreamHandle tree, TimeProvider clock)
{
    /// <summary>The newest records that are remembered: whoever comes to wait behind one of them need not read again for nothing.</summary>
    private const int RecentMax = 1024;

    private readonly Lock _turn = new();
    private readonly ChannelWaiters _waiters = new();
    private ChannelIndex _recent = new();
    private Sequence _recentFrom;
    private Sequence _next;
    private CancellationTokenSource? _following;

    /// <summary>As <see cref="IChannel.WaitAsync(ChannelQuery, Sequence, TimeSpan, CancellationToken)"/>.</summary>
    public async ValueTask<bool> WaitAsync(ChannelQuery query, Sequence from, TimeSpan timeout, CancellationToken cancel)
    {
        ChannelWaiter waiter;
        lock (_turn)
        {
            if (_following is not null && _next > from && (from < _recentFrom || _recent.Any(query, from))) return true;
            waiter = _waiters.Add(query);
            if (_following is null) Follow(from);
        }

        try
        {
            await waiter.Woken.WaitAsync(timeout, clock, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_turn)
            {
                _waiters.Remove(waiter);
                if (_waiters.Count == 0) Stop();
            }
        }
    }

    /// <summary>In a turn: begins to follow the tree.</summary>
    private void Follow(Sequence from)
    {
        _recent = new ChannelIndex();
        _next = _recentFrom = from;
        var following = _following = new CancellationTokenSource();
        _ = Task.Run(() => FollowAsync(from, following.Token));
    }

    /// <summary>In a turn: nobody waits any more, or must not.</summary>
    private void Stop()
    {
        _following?.Cancel();
        _following = null;
    }

    private async Task FollowAsync(Sequence from, CancellationToken cancel)
    {
        try
        {
            await foreach (var page in tree.TailBehindAsync(new Sequence(from.Value - 1), cancel))
                lock (_turn)
                {
                    if (cancel.IsCancellationRequested) return;
                    TakeIn(page);
                }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
        catch (Exception)
        {
            // Whoever waits finds out by reading again what became of the tree.
            lock (_turn)
            {
                if (cancel.IsCancellationRequested) return;
                Stop();
                _waiters.WakeAll();
            }
        }
    }

    private void TakeIn(RecordPage page)
    {
        foreach (var slice in page.Slices)
        {
            var first = Frames.BatchHeader.Read(slice.Batch.Span).First.Plus(slice.Index);
            if (first < _next)
            {
                // The tree was deleted and made again.
                _recent = new ChannelIndex();
                _recentFrom = first;
                _waiters.WakeAll();
            }

            _recent.Add(slice);
            _waiters.Wake(slice);
            _next = first.Plus(slice.Count);
        }

        if (_recent.Count <= RecentMax) return;
        _recent.TrimTo(RecentMax);
        _recentFrom = new Sequence(_next.Value - RecentMax);
    }
}
