using Mesh.Frames;

namespace Mesh.Topics;

/// <summary>What a subscription to topics begins with: the last records of each topic that matches, by sequence.</summary>
/// <param name="Stream">The log's number.</param>
/// <param name="LowWatermark">The oldest record there was.</param>
/// <param name="HighWatermark">The newest record there was: what follows is live.</param>
/// <param name="Sequences">Ascending.</param>
public sealed record TopicHistory(StreamNumber Stream, Sequence LowWatermark, Sequence HighWatermark, IReadOnlyList<Sequence> Sequences)
{
    /// <summary>Records of one page of history.</summary>
    public const int PageRecords = 256;

    /// <summary>Where live begins.</summary>
    public Sequence Next => HighWatermark.Next();

    /// <summary>Empty; tells where live begins.</summary>
    public RecordPage FirstPage => Page([]);

    /// <summary>The history in parts, each small enough for <see cref="IPartition.PickAsync"/>.</summary>
    public IEnumerable<TopicHistory> Parts()
    {
        for (var at = 0; at < Sequences.Count; at += PageRecords) yield return this with { Sequences = [.. Sequences.Skip(at).Take(PageRecords)] };
    }

    /// <summary>Records of the history as a page of it.</summary>
    public RecordPage Page(IReadOnlyList<BatchSlice> slices) => new(slices, Next, LowWatermark, HighWatermark);
}
