namespace Mesh;

/// <summary>What became of an append that a correct client may send.</summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>The records are durable and stand next to one another. Record i has sequence, time and implicit id plus i.</summary>
    /// <param name="Stream">The stream's number.</param>
    /// <param name="First">Sequence of the first record.</param>
    /// <param name="Count">Records appended.</param>
    /// <param name="FirstTime">Time of the first record.</param>
    /// <param name="FirstId">Redis id of the first record; 0-0 in streams other than rings.</param>
    public sealed record Appended(StreamNumber Stream, Sequence First, int Count, RecordTime FirstTime, RingId FirstId) : AppendResult
    {
        public Sequence Last => First.Plus(Count - 1);
    }

    /// <summary>The dedupe id was seen within the window, the record was moved here before, or the producer's numbers are known: nothing was stored; this is what the
    /// first append got.</summary>
    /// <param name="Stream">The stream's number.</param>
    /// <param name="First">Sequence of the first record; 0 when it is stored, but its place is no longer known.</param>
    /// <param name="Count">Records that stand next to one another from there. With a <see cref="ProducerMark"/> perhaps fewer than the segment has.</param>
    public sealed record Duplicate(StreamNumber Stream, Sequence First, int Count) : AppendResult;

    /// <summary>Too much waits to be committed, or the stream's times lead the clock by more than a second. Nothing was stored; try again.</summary>
    public sealed record Busy(TimeSpan RetryAfter) : AppendResult;

    /// <summary>The segment is larger than a stream takes. Nothing was stored.</summary>
    public sealed record TooLarge(int SegmentBytesMax) : AppendResult;

    /// <summary>Rings: an explicit id is not greater than the last one, or no greater ids are left to be given. Nothing was stored.</summary>
    public sealed record IdNotGreater(RingId Last) : AppendResult;

    /// <summary>The stream does not exist and the request was not to create it.</summary>
    public sealed record NoSuchStream : AppendResult
    {
        public static readonly NoSuchStream Instance = new();
    }
}
