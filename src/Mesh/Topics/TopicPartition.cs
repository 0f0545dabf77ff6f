namespace Mesh.Topics;

/// <summary>The partition that is a topic's home, for whoever has records of that topic alone: an append lists it first. Thread-safe.</summary>
internal sealed class TopicPartition(TopicPartitions topics, TopicHome home, IPartition partition) : IPartition
{
    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default) => topics.AppendAsync(home, segment, options);

    public ValueTask<RecordPage> ReadAsync(ReadQuery query, CancellationToken cancel = default) => partition.ReadAsync(query, cancel);

    public IAsyncEnumerable<RecordPage> TailAsync(Sequence from, CancellationToken cancel = default) => partition.TailAsync(from, cancel);

    public ValueTask<bool> WaitAsync(Sequence until, TimeSpan timeout, CancellationToken cancel = default) => partition.WaitAsync(until, timeout, cancel);

    public ValueTask<StreamState> StateAsync(CancellationToken cancel = default) => partition.StateAsync(cancel);

    public IAsyncEnumerable<RecordPage> SubscribeAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default) =>
        partition.SubscribeAsync(filter, historyDepth, cancel);

    public ValueTask<TopicHistory> HistoryAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default) =>
        partition.HistoryAsync(filter, historyDepth, cancel);

    public ValueTask<RecordPage> PickAsync(TopicHistory part, CancellationToken cancel = default) => partition.PickAsync(part, cancel);
}
