using Mesh.Frames;

namespace Mesh.Protocols.Grpc.Tests.Framing;

internal static class Batches
{
    /// <summary>The records as the first of a stream, stored.</summary>
    public static BatchSlice ToBatch(this ReadOnlyMemory<byte> segment)
    {
        var records = segment.Span;
        var header = new BatchHeader(Sequence.First, new RecordTime(1), Segment.CountOf(records), records.Length, null);
        var batch = new byte[header.TotalBytes];
        header.Write(batch);
        records.CopyTo(batch.AsSpan(header.HeaderBytes));
        return BatchSlice.Whole(batch, header);
    }
}
