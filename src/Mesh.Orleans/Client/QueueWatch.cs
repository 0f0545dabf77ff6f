using Mesh.Orleans.Grains;

namespace Mesh.Orleans.Client;

/// <summary>
/// Waits for changes of one queue for all local waiters: one call waits at its grain, however many they are, and none while nobody waits. What an earlier call
/// answered is good enough for whoever comes: if it is old, the next answer is another. Thread-safe.
/// </summary>
internal sealed class QueueWatch(IQueueGrain grain, ClusterChanges changes, MeshClientOptions options)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>A call waits no longer, so that it does not time out.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);

    private readonly TimeSpan _wait = options.FollowWait < WaitMax ? options.FollowWait : WaitMax;
    private readonly Lock _change = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _seen;
    private int _waiting;
    private bool _isFollowing;

    /// <summary>As <see cref="IQueue.WaitChangeAsync"/>.</summary>
    public async ValueTask<long> WaitAsync(long seen, TimeSpan timeout, CancellationToken cancel)
    {
        Task changed;
        lock (_change)
        {
            if (_seen != seen && _isFollowing) return _seen;
            changed = _changed.Task;
            _waiting++;
            if (!_isFollowing)
            {
                _isFollowing = true;
                _seen = seen;
                _ = Task.Run(FollowAsync, CancellationToken.None);
            }
        }

        try
        {
            await changed.WaitAsync(timeout, options.Clock, cancel);
        }
        catch (TimeoutException)
        {
            return seen;
        }
        finally
        {
            lock (_change) _waiting--;
        }

        lock (_change) return _seen;
    }

    private async Task FollowAsync()
    {
        while (true)
        {
            long seen;
            var moved = changes.Next;
            lock (_change)
            {
                if (_waiting == 0)
                {
                    _isFollowing = false;
                    return;
                }

                seen = _seen;
            }

            var startedAt = Environment.TickCount64;
            try
            {
                var now = await grain.WaitChangeAsync(seen, _wait, moved).AsTask().WaitAsync(moved);
                TakeIn(now);

                // A silo that is about to go waits for nothing.
                if (now == seen && Environment.TickCount64 - startedAt < Pause.TotalMilliseconds) await Task.Delay(Pause);
            }
            catch (OperationCanceledException)
            {
                // The cluster has changed: ask whoever has the queue now.
            }
            catch (Exception reason) when (Patience.IsOfTheCluster(reason) || reason is StorageUnavailableException or StreamFencedException)
            {
                await Task.Delay(Pause);
            }
            catch (Exception reason)
            {
                Fail(reason);
                return;
            }
        }
    }

    private void TakeIn(long now)
    {
        lock (_change)
        {
            if (now == _seen) return;
            _seen = now;
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    private void Fail(Exception reason)
    {
        lock (_change)
        {
            _isFollowing = false;
            _changed.TrySetException(reason);
            _changed = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
