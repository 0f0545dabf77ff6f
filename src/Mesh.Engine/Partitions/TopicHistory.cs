using Mesh.Frames;

namespace Mesh.Engine.Partitions;

/// <summary>What a subscription to topics begins with: the last records of each topic that matches, by sequence.</summary>
/// <param name="Stream">The log's number.</param>
/// <param name="LowWatermark">The oldest record there was.</param>
/// <param name="HighWatermark">The newest record there was: what follows is live.</param>
/// <param name="Sequences">Ascending.</param>
public sealed record TopicHistory(StreamNumber Stream, Sequence LowWatermark, Sequence HighWatermark, IReadOnlyList<Sequence> Sequences)
{
    /// <summary>Records of one page of history.</summary>
    public const int PageRecords = 256;

    /// <summary>Empty; tells where live begins.</summary>
    public RecordPage FirstPage => Page([]);

    internal RecordPage Page(IReadOnlyList<BatchSlice> slices) => new(slices, HighWatermark.Next(), LowWatermark, HighWatermark);
}
