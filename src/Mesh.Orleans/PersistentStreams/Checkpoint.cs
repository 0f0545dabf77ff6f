namespace Mesh.Orleans.PersistentStreams;

/// <summary>What of a partition its consumers have.</summary>
/// <param name="Partition">The partition's number: in one made anew, everything is new.</param>
/// <param name="Through">Records up to here are delivered, but for those of streams that lag.</param>
/// <param name="Lagging">Streams of which somebody lacks an earlier record.</param>
[GenerateSerializer, Immutable, Alias("mesh.stream-checkpoint")]
internal sealed record Checkpoint(StreamNumber Partition, Sequence Through, List<LaggingStream> Lagging)
{
    public bool IsSame(Checkpoint? other) =>
        other is not null && other.Partition == Partition && other.Through == Through && other.Lagging.SequenceEqual(Lagging);
}

/// <summary>A stream with a consumer that is behind.</summary>
/// <param name="Stream">Which.</param>
/// <param name="From">The first record of which it is not known that all have it.</param>
[GenerateSerializer, Immutable, Alias("mesh.stream-lagging")]
internal readonly record struct LaggingStream(StreamId Stream, Sequence From);
