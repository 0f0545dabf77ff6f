using Mesh.Engine.Partitions;

namespace Mesh.Orleans.Grains;

/// <summary>A partition's grain; its key is a <see cref="StreamKey"/>.</summary>
public interface IPartitionGrain : IStreamGrain, IPartition
{
    /// <summary>What a subscription begins with.</summary>
    ValueTask<TopicHistory> HistoryAsync(TopicFilter filter, int depth);

    /// <summary>The records that a history names, up to <see cref="TopicHistory.PageRecords"/>; those gone since are left out.</summary>
    ValueTask<RecordPage> PickAsync(TopicHistory history, CancellationToken cancel = default);
}
