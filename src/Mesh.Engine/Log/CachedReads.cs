using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>Pages from the batches in memory, and what reading from memory and from storage have in common. In a turn of the stream.</summary>
internal static class CachedReads
{
    public static RecordPage Empty(SequencedLog log, Sequence next) => new([], next, log.ReadableLow, log.High) { Stream = log.Number };

    /// <returns>Null when storage must be asked.</returns>
    public static RecordPage? TryUp(SequencedLog log, Sequence low, in ReadQuery query)
    {
        var from = query.From > low ? query.From : low;
        if (from > log.High) return Empty(log, log.Next);
        if (from < log.Cache.First) return null;
        var slices = new List<BatchSlice>();
        var next = log.Cache.Collect(slices, from, log.High, query.RecordsMax, query.BytesMax);
        return new RecordPage(slices, next, low, log.High) { Stream = log.Number };
    }

    /// <returns>Null when storage must be asked.</returns>
    public static RecordPage? TryDown(SequencedLog log, Sequence low, in ReadQuery query)
    {
        var from = query.From < log.High ? query.From : log.High;
        if (from < low) return Empty(log, Sequence.None);
        if (from < log.Cache.First) return null;
        var slices = new List<BatchSlice>();
        long bytes = 0;
        while (from >= low && from >= log.Cache.First && slices.Count < query.RecordsMax && bytes < query.BytesMax)
        {
            var batch = log.Cache.BatchOf(from);
            from = Descend(slices, batch, from, low, query.RecordsMax);
            bytes += batch.Bytes.Length;
        }

        return new RecordPage(slices, from, low, log.High) { Stream = log.Number };
    }

    /// <summary>Adds the records of a batch from <paramref name="from"/> down to <paramref name="low"/>, one a slice.</summary>
    /// <returns>The sequence to go on with, downwards.</returns>
    public static Sequence Descend(List<BatchSlice> slices, in CachedBatch batch, Sequence from, Sequence low, int recordsMax)
    {
        var last = from < batch.Header.Last ? from : batch.Header.Last;
        var first = low > batch.Header.First ? low : batch.Header.First;
        if (last.Value - first.Value >= recordsMax - slices.Count) first = new Sequence(last.Value - (recordsMax - slices.Count) + 1);
        var at = slices.Count;
        var walker = batch.Slice(first, last, int.MaxValue).GetEnumerator();
        while (walker.MoveNext()) slices.Add(new BatchSlice(batch.Bytes, walker.Offset, walker.Index, 1));
        slices.Reverse(at, slices.Count - at);
        return new Sequence(first.Value - 1);
    }

    /// <summary>The record at or after a time (backwards: at or before it), given the last batch that begins at or before the time.</summary>
    public static Sequence At(Sequence first, RecordTime firstTime, int count, RecordTime time, bool backwards)
    {
        var index = time.Micros - firstTime.Micros;
        return first.Plus(backwards ? Math.Min(index, count - 1) : Math.Min(index, count));
    }
}
