using Mesh.Frames;

namespace Mesh.Tests.Frames;

/// <summary>A batch made of segments made of records, with the records beside it.</summary>
internal sealed class BatchSample
{
    private BatchSample(BatchHeader header, byte[] bytes, IReadOnlyList<RecordSample> records)
    {
        Header = header;
        Bytes = bytes;
        Records = records;
    }

    public BatchHeader Header { get; }

    public byte[] Bytes { get; }

    public IReadOnlyList<RecordSample> Records { get; }

    /// <summary>Joins segments behind a header, as a stream does.</summary>
    public static byte[] Join(BatchHeader header, params IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        var bytes = new byte[header.TotalBytes];
        header.Write(bytes);
        var at = header.HeaderBytes;
        foreach (var segment in segments)
        {
            segment.CopyTo(bytes.AsMemory(at));
            at += segment.Length;
        }

        return bytes;
    }

    public static BatchSample Random(Random random, int segmentsMax = 5, int recordsMax = 6)
    {
        var records = new List<RecordSample>();
        var segments = new List<ReadOnlyMemory<byte>>();
        for (var segment = random.Next(segmentsMax); segment >= 0; segment--)
        {
            using var writer = new SegmentWriter();
            for (var record = random.Next(recordsMax); record >= 0; record--)
            {
                records.Add(RecordSample.Random(random));
                records[^1].AddTo(writer);
            }

            segments.Add(writer.Finish().ToArray());
        }

        RingId? id = random.Next(2) == 0 ? null : new RingId((ulong)random.NextInt64(), (ulong)random.Next());
        var header = new BatchHeader(
            new Sequence(random.NextInt64(1, long.MaxValue / 2)), new RecordTime(random.NextInt64(1, long.MaxValue / 2)), records.Count, segments.Sum(each => each.Length), id);
        return new BatchSample(header, Join(header, segments), records);
    }
}
