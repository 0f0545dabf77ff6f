using Orleans.Streams;

namespace Mesh.Orleans.Streams;

/// <summary>
/// One subscription: reads on from its next event and hands it out, in the turns of the grain that subscribed, if one did. When the subscriber fails, it is
/// told so and the subscription ends; it may resume, from the event that failed or from the next.
/// </summary>
internal sealed class MeshSubscription<T>(
    Guid handle,
    MeshStream<T> stream,
    MeshStreamProvider provider,
    IPartition partition,
    EventCodec<T> codec,
    Delivery<T> delivery,
    Sequence beginning) : StreamSubscriptionHandle<T>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private long _next = beginning.Value;

    public override StreamId StreamId => stream.StreamId;

    public override string ProviderName => stream.ProviderName;

    public override Guid HandleId => handle;

    /// <summary>Whose it is; null outside of grains.</summary>
    public GrainId? Grain { get; } = provider.Here?.GrainId;

    public void Start()
    {
        provider.Add(this);
        provider.Here?.Deactivated.ContinueWith(_ => _stop.Cancel(), _stop.Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        // Within a grain the scheduler of the moment is its own, so its turns stay single.
        var scheduler = Grain is null ? TaskScheduler.Default : TaskScheduler.Current;
        _ = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
    }

    /// <summary>Ends it. A delivery that is under way ends by itself.</summary>
    public override async Task UnsubscribeAsync()
    {
        provider.Remove(this);
        await _stop.CancelAsync();
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null) => ResumeAsync(Delivery<T>.To(observer), token);

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null) =>
        ResumeAsync(Delivery<T>.To(observer), token);

    public override bool Equals(StreamSubscriptionHandle<T>? other) => other is not null && other.HandleId == handle;

    public override bool Equals(object? obj) => Equals(obj as StreamSubscriptionHandle<T>);

    public override int GetHashCode() => handle.GetHashCode();

    private async Task<StreamSubscriptionHandle<T>> ResumeAsync(Delivery<T> other, StreamSequenceToken? token)
    {
        await UnsubscribeAsync();
        return await stream.StartAsync(handle, other, token ?? new MeshSequenceToken(Volatile.Read(ref _next)));
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var page in partition.TailAsync(new Sequence(_next), _stop.Token)) await DeliverAsync(page);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Unsubscribed, or the grain is gone.
            }
            catch (Exception reason) when (reason is StorageUnavailableException or StreamFencedException)
            {
                await Task.Delay(Pause);
            }
            catch (Exception reason)
            {
                await UnsubscribeAsync();
                await delivery.Error(reason);
            }
        }

        provider.Remove(this);
    }

    private async Task DeliverAsync(RecordPage page)
    {
        var items = new List<SequentialItem<T>>(page.Count);
        foreach (var record in page) items.Add(new SequentialItem<T>(codec.Decode(record.Body), new MeshSequenceToken(record.Sequence.Value)));
        foreach (var chunk in items.Chunk(delivery.ItemsMax))
        {
            if (_stop.IsCancellationRequested) return;
            await delivery.Next(chunk);
            Volatile.Write(ref _next, chunk[^1].Token.SequenceNumber + 1);
        }
    }
}
