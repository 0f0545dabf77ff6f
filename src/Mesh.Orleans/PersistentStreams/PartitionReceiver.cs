using Orleans.Streams;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>
/// Reads a partition for its agent, from what was delivered before on. A read waits until something comes, so that the agent's timer adds no delay.
/// The agent calls one method at a time.
/// </summary>
internal sealed class PartitionReceiver(PartitionCache cache, CheckpointLog checkpoints, Func<CancellationToken, Task> ensurePartition, TimeSpan checkpointInterval)
    : IQueueAdapterReceiver
{
    private static readonly TimeSpan PollMax = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private IAsyncEnumerator<RecordPage>? _tail;
    private Task<bool>? _page;
    private Task _saving = Task.CompletedTask;
    private StreamNumber _number;
    private Checkpoint? _saved;
    private Sequence _through = Sequence.None;
    private long _saveAt;

    /// <summary>Nothing yet: the first read begins, and is tried again while storage is away.</summary>
    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    /// <returns>Arrived records and wakes; a page is not cut, so there may be more than asked for. Empty when nothing came for a second.</returns>
    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        _tail ??= await BeginAsync(cancellationToken);
        SaveWhenDue();
        _page ??= _tail.MoveNextAsync().AsTask();
        await WaitAsync(_page, cancellationToken);
        var containers = cache.TakeWakes();
        if (!_page.IsCompleted) return containers;
        try
        {
            await _page;
            foreach (var record in cache.Codec.Decode(_tail.Current)) containers.Add(RecordBatch.Arriving(record, cache.Codec.Serializer));
            _page = null;
        }
        catch
        {
            // Wakes are not lost with the page, and the next read goes on where the window ends.
            foreach (var wake in containers) cache.Wake(wake.StreamId, MeshStreamToken.Of(wake.SequenceToken));
            await EndTailAsync();
            throw;
        }

        return containers;
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    /// <summary>Writes down what was delivered, if storage answers in time.</summary>
    public async Task Shutdown(TimeSpan timeout)
    {
        await _stop.CancelAsync();
        await EndTailAsync();
        try
        {
            await _saving.WaitAsync(timeout);
            if (_number == default) return;
            var through = cache.SettledThrough > _through ? cache.SettledThrough : _through;
            await checkpoints.TrySaveAsync(cache.Position(_number, through)).AsTask().WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            // The one before stands: more will be delivered again.
        }
    }

    private async Task<IAsyncEnumerator<RecordPage>> BeginAsync(CancellationToken cancel)
    {
        if (_number == default)
        {
            await ensurePartition(cancel);
            var state = await cache.Partition.StateAsync(cancel);
            var checkpoint = await checkpoints.LoadAsync(cancel);
            var isOfThis = checkpoint is not null && checkpoint.Partition == state.Number;
            lock (cache.Change) cache.Window.Begin(isOfThis ? checkpoint!.Through.Next() : Sequence.First);
            if (isOfThis)
            {
                _saved = checkpoint;
                foreach (var lagging in checkpoint!.Lagging) cache.Wake(lagging.Stream, MeshStreamToken.From(lagging.From));
            }

            _number = state.Number ?? default;
            _through = new Sequence(cache.Window.Next.Value - 1);
            _saveAt = Environment.TickCount64 + (long)checkpointInterval.TotalMilliseconds;
        }

        return cache.Partition.TailAsync(cache.Window.Next, _stop.Token).GetAsyncEnumerator(CancellationToken.None);
    }

    private async Task WaitAsync(Task page, CancellationToken cancel)
    {
        var woken = cache.Woken;
        if (page.IsCompleted || woken.IsCompleted) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(page, woken, Task.Delay(PollMax, end.Token));
        await end.CancelAsync();
    }

    /// <summary>Never beyond what was read an interval ago: a consumer that is still saying hello has no cursor yet that would tell what it lacks.</summary>
    private void SaveWhenDue()
    {
        var now = Environment.TickCount64;
        if (now < _saveAt || !_saving.IsCompleted) return;
        _saveAt = now + (long)checkpointInterval.TotalMilliseconds;
        var checkpoint = cache.Position(_number, _through);
        _through = new Sequence(cache.Window.Next.Value - 1);
        if (checkpoint.IsSame(_saved)) return;
        _saving = Task.Run(async () =>
        {
            if (await checkpoints.TrySaveAsync(checkpoint)) _saved = checkpoint;
        });
    }

    private async Task EndTailAsync()
    {
        if (_tail is not { } tail) return;
        _tail = null;
        if (_page is Task page) await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _page = null;
        await tail.DisposeAsync();
    }
}
