using Orleans.Streams;

namespace Mesh.Orleans.Streams;

/// <summary>One stream of events. Cheap; compared by provider and id.</summary>
internal sealed class MeshStream<T>(MeshStreamProvider provider, StreamId id, IPartition partition, EventCodec<T> codec) : IAsyncStream<T>
{
    private static readonly TimeSpan BusyMax = TimeSpan.FromSeconds(30);

    public bool IsRewindable => true;

    public string ProviderName => provider.Name;

    public StreamId StreamId => id;

    /// <summary>Appends an event; it is durable when the task ends. The token is the stream's to give.</summary>
    public Task OnNextAsync(T item, StreamSequenceToken? token = null) => AppendAsync([item]);

    /// <summary>Appends events, all or none, next to one another.</summary>
    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null) => AppendAsync(batch);

    public Task OnCompletedAsync() => throw new NotSupportedException("A stream that is kept does not end.");

    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException("A stream that is kept takes events alone; make the error an event.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => SubscribeAsync(observer, null);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null) =>
        filterData is null ? StartAsync(Guid.NewGuid(), Delivery<T>.To(observer), token) : throw new NotSupportedException("Events are not filtered by data.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => SubscribeAsync(observer, null);

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token) =>
        StartAsync(Guid.NewGuid(), Delivery<T>.To(observer), token);

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() => Task.FromResult<IList<StreamSubscriptionHandle<T>>>(provider.Find<T>(id));

    public bool Equals(IAsyncStream<T>? other) => other is MeshStream<T> && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => id.GetHashCode();

    public int CompareTo(IAsyncStream<T>? other)
    {
        if (other is null) return 1;
        var byProvider = string.CompareOrdinal(ProviderName, other.ProviderName);
        return byProvider != 0 ? byProvider : id.CompareTo(other.StreamId);
    }

    /// <summary>Active when the task ends: an event appended from then on is delivered.</summary>
    internal async Task<StreamSubscriptionHandle<T>> StartAsync(Guid handle, Delivery<T> delivery, StreamSequenceToken? token)
    {
        var subscription = new MeshSubscription<T>(handle, this, provider, partition, codec, delivery, await BeginningAsync(token));
        subscription.Start();
        return subscription;
    }

    private async ValueTask<Sequence> BeginningAsync(StreamSequenceToken? token)
    {
        if (token is not null and not MeshTimeToken) return new Sequence(token.SequenceNumber);
        if (token is MeshTimeToken { Time: var time })
        {
            foreach (var first in await partition.ReadAsync(new ReadQuery { FromTime = RecordTime.From(time), RecordsMax = 1 })) return first.Sequence;
        }

        return (await partition.StateAsync()).HighWatermark.Next();
    }

    private async Task AppendAsync(IEnumerable<T> events)
    {
        var segment = codec.Encode(events);
        for (var giveUpAt = Environment.TickCount64 + (long)BusyMax.TotalMilliseconds; ;)
        {
            switch (await partition.AppendAsync(segment))
            {
                case AppendResult.Appended or AppendResult.Duplicate:
                    return;
                case AppendResult.Busy busy when Environment.TickCount64 < giveUpAt:
                    await Task.Delay(busy.RetryAfter);
                    break;
                case AppendResult.TooLarge limit:
                    throw new ArgumentException($"The events take {segment.Length} bytes; a stream takes {limit.SegmentBytesMax} at once.", nameof(events));
                case var refused:
                    throw new StorageUnavailableException($"The stream did not take the events: {refused}");
            }
        }
    }
}
