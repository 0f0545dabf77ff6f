using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Testing.Storage;

/// <summary>Makes the batches of one stream, one after another as an actor would. Not thread-safe.</summary>
/// <param name="next">Sequence of the next record.</param>
/// <param name="time">Time of the next record.</param>
/// <param name="endBytes">Bytes of all batches before.</param>
public sealed class BatchFeed(Sequence next, RecordTime time, long endBytes = 0)
{
    public BatchFeed()
        : this(Sequence.First, new RecordTime(1_000_000))
    {
    }

    public Sequence Next { get; private set; } = next;

    /// <summary>Time of the next record; may be moved on.</summary>
    public RecordTime Time { get; set; } = time;

    /// <summary>Goes on after a batch that is stored.</summary>
    public static BatchFeed After(OpenedStream opened) =>
        new(opened.Next, opened.LastTime.Plus(1), opened.LastBatch?.EndBytes ?? 0);

    /// <summary>The next batch.</summary>
    /// <param name="records">How many records, each with a body of its sequence.</param>
    /// <param name="bodyBytes">Least length of each body.</param>
    /// <param name="firstId">Rings: the id of the first record.</param>
    public BatchRow Batch(int records = 1, int bodyBytes = 0, RingId? firstId = null)
    {
        using var segment = new SegmentWriter();
        for (var i = 0; i < records; i++) segment.Add(default, BodyOf(Next.Plus(i), bodyBytes));
        var row = Row(segment.Finish().Span, records, firstId);
        Next = Next.Plus(records);
        Time = Time.Plus(records);
        endBytes = row.Place.EndBytes;
        return row;
    }

    private BatchRow Row(ReadOnlySpan<byte> segment, int records, RingId? firstId)
    {
        var header = new BatchHeader(Next, Time, records, segment.Length, firstId);
        var bytes = new byte[header.TotalBytes];
        header.Write(bytes);
        segment.CopyTo(bytes.AsSpan(header.HeaderBytes));
        return new BatchRow(new BatchPlace(Next, records, Time, endBytes + bytes.Length, firstId, bytes.Length), bytes);
    }

    private static byte[] BodyOf(Sequence sequence, int bytes) =>
        System.Text.Encoding.UTF8.GetBytes(sequence.ToString().PadRight(bytes, '.'));
}
