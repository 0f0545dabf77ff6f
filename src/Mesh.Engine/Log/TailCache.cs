using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>A batch in memory with its header read.</summary>
internal readonly record struct CachedBatch(BatchHeader Header, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The records from <paramref name="from"/> to <paramref name="through"/>, both within this batch or beyond it.</summary>
    public BatchSlice Slice(Sequence from, Sequence through, int recordsMax)
    {
        var skip = Math.Max(0, from.Value - Header.First.Value);
        var take = Math.Min(recordsMax, Math.Min(through.Value, Header.Last.Value) - Header.First.Value - skip + 1);
        var whole = BatchSlice.Whole(Bytes, Header);
        return skip == 0 && take == Header.Count ? whole : whole.Part((int)skip, (int)take);
    }
}

/// <summary>The newest committed batches of one stream, without a gap between them. Its bytes are bounded by the commit pump. Not thread-safe.</summary>
internal sealed class TailCache
{
    private readonly Deque<CachedBatch> _batches = new();

    /// <summary>The first sequence held; after every sequence when nothing is.</summary>
    public Sequence First => _batches.Count == 0 ? Sequence.Max : _batches[0].Header.First;

    public void Add(in BatchHeader header, ReadOnlyMemory<byte> bytes) => _batches.Add(new CachedBatch(header, bytes));

    /// <summary>Forgets batches that begin at or before <paramref name="through"/>.</summary>
    public void DropThrough(Sequence through)
    {
        while (_batches.Count > 0 && _batches[0].Header.First <= through) _batches.RemoveFirst();
    }

    public void Clear() => _batches.Clear();

    /// <summary>The batch that holds <paramref name="sequence"/>, which must not be before <see cref="First"/>.</summary>
    public CachedBatch BatchOf(Sequence sequence) => _batches[IndexOf(sequence)];

    /// <summary>Adds slices from <paramref name="from"/>, which must be held, to <paramref name="through"/>, until a bound is reached.</summary>
    /// <returns>The sequence after the last record added.</returns>
    public Sequence Collect(List<BatchSlice> slices, Sequence from, Sequence through, int recordsMax, int bytesMax)
    {
        var next = from;
        long bytes = 0;
        for (var i = IndexOf(from); i < _batches.Count && next <= through && recordsMax > 0 && bytes < bytesMax; i++)
        {
            var slice = _batches[i].Slice(next, through, recordsMax);
            slices.Add(slice);
            recordsMax -= slice.Count;
            bytes += slice.Count == _batches[i].Header.Count ? slice.Batch.Length : 0;
            next = next.Plus(slice.Count);
        }

        return next;
    }

    /// <summary>The last batch that begins at or before a time; null when that one is not held.</summary>
    public CachedBatch? Find(RecordTime time)
    {
        var index = _batches.FindLast(time, static (batch, sought) => batch.Header.FirstTime > sought);
        return index < 0 ? null : _batches[index];
    }

    /// <summary>The last batch that begins at or before an id; null when that one is not held.</summary>
    public CachedBatch? Find(RingId id)
    {
        var index = _batches.FindLast(id, static (batch, sought) => batch.Header.FirstId > sought);
        return index < 0 ? null : _batches[index];
    }

    private int IndexOf(Sequence sequence) => _batches.FindLast(sequence, static (batch, sought) => batch.Header.First > sought);
}
