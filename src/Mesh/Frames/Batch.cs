namespace Mesh.Frames;

/// <summary>Checks a stored batch whole.</summary>
public static class Batch
{
    /// <summary>Checks header, segments, checksums and counts.</summary>
    /// <exception cref="CorruptFrameException">What is wrong with it.</exception>
    public static BatchHeader Check(ReadOnlySpan<byte> batch)
    {
        var header = BatchHeader.Read(batch);
        if (header.TotalBytes != batch.Length || header.SegmentBytes < 0)
            throw new CorruptFrameException($"A batch claims {header.TotalBytes} bytes; {batch.Length} are there.");
        var records = 0;
        for (var at = header.HeaderBytes; at < batch.Length;)
        {
            at += Segment.Check(batch[at..], out var count);
            records += count;
        }

        return records == header.Count && records > 0
            ? header
            : throw new CorruptFrameException($"A batch claims {header.Count} records and holds {records}.");
    }
}
