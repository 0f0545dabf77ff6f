using Mesh.Engine.Partitions;
using Mesh.Orleans.Silo;
using Mesh.Topics;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Mesh.Orleans.Grains;

/// <summary>One log of events.</summary>
[Reentrant, ActivationCountBasedPlacement]
internal sealed class PartitionGrain(SiloEngine silo)
    : GroupedGrain<PartitionActor>(silo, StreamKind.Partition, name => new PartitionActor(name, silo.Context)), IPartitionGrain
{
    public IAsyncEnumerable<RecordPage> SubscribeAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default) =>
        Actor.SubscribeAsync(filter, historyDepth, cancel);

    public ValueTask<TopicHistory> HistoryAsync(TopicFilter filter, int historyDepth, CancellationToken cancel = default) =>
        Actor.HistoryAsync(filter, historyDepth, cancel);

    public ValueTask<RecordPage> PickAsync(TopicHistory part, CancellationToken cancel = default) => Actor.PickAsync(part, cancel);
}
