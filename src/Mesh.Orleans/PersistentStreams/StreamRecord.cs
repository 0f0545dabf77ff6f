namespace Mesh.Orleans.PersistentStreams;

/// <summary>One record of a partition as a stream's event, not yet deserialized.</summary>
/// <param name="Stream">Whose it is.</param>
/// <param name="Sequence">Its place in the partition.</param>
/// <param name="Time">When it entered the log.</param>
/// <param name="Body">The event in Orleans' serialization. Empty when there is none: the record only makes whoever reads the partition look after the stream.</param>
/// <param name="Context">The publisher's request context, serialized; empty when there was none.</param>
[GenerateSerializer, Immutable, Alias("mesh.stream-record")]
internal sealed record StreamRecord(StreamId Stream, Sequence Sequence, RecordTime Time, byte[] Body, byte[] Context)
{
    /// <summary>Bytes it takes in memory, roughly.</summary>
    public int Bytes => 200 + Body.Length + Context.Length;
}
