using Mesh.Engine.Claims;
using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>The records that follow a queue's frontier, as far as they were read: a bounded stretch, without a gap. Not thread-safe.</summary>
internal sealed class LookAhead
{
    /// <summary>Records read at a time.</summary>
    public const int RecordsMax = 1024;

    /// <summary>Bytes of batches held for records that were looked at and not yet taken; beyond it they are forgotten, and read again when they are taken.</summary>
    public const long AsideBytesMax = 8 * 1024 * 1024;

    private readonly Deque<(RecordTerms Terms, BatchSlice Slice)> _records = new();
    private readonly Dictionary<long, BatchSlice> _aside = [];
    private ReadOnlyMemory<byte> _asideLast;
    private long _asideBytes;

    /// <summary>Records say in which order they are handed out. Set before the first is taken in.</summary>
    public bool KnowsPriorities { get; set; }

    /// <summary>The record found at the frontier when its time to live was looked at last.</summary>
    public RecordTerms Head { get; set; }

    /// <summary>The sequence to read on from.</summary>
    public Sequence NextToRead(Sequence frontier) => _records.Count == 0 ? frontier : new Sequence(_records[_records.Count - 1].Terms.Sequence + 1);

    /// <summary>Takes in a page that was read from <paramref name="from"/> on, unless others were taken in meanwhile.</summary>
    public void Add(RecordPage page, Sequence from, Sequence frontier)
    {
        if (NextToRead(frontier) != from) return;
        foreach (var slice in page.Slices)
        {
            var walker = slice.GetEnumerator();
            while (walker.MoveNext())
            {
                var record = walker.Current;
                var terms = new RecordTerms(record.Sequence.Value, record.VisibleAt, record.ExpiresAt, KnowsPriorities ? QueuePriority.Of(record) : 0);
                _records.Add((terms, new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1)));
            }
        }
    }

    /// <summary>The record at the frontier, or the first after it that is in the log; false when none is held.</summary>
    public bool TryPeek(Sequence frontier, out RecordTerms terms)
    {
        while (_records.Count > 0 && _records[0].Terms.Sequence < frontier.Value) _records.RemoveFirst();
        terms = _records.Count > 0 ? _records[0].Terms : default;
        return _records.Count > 0;
    }

    /// <summary>Sets the bytes of the record peeked at last aside: it is going to be taken soon.</summary>
    public void SetAside()
    {
        var (terms, slice) = _records[0];
        if (!_asideLast.Equals(slice.Batch)) _asideBytes += slice.Batch.Length;
        if (_asideBytes > AsideBytesMax || _aside.Count >= 2 * RecordsMax) ForgetAside(slice);
        _asideLast = slice.Batch;
        _aside[terms.Sequence] = slice;
    }

    /// <summary>The bytes of a record set aside.</summary>
    public bool TryFind(long sequence, out BatchSlice slice) => _aside.TryGetValue(sequence, out slice);

    public void Drop(long sequence)
    {
        _aside.Remove(sequence);
        if (_aside.Count > 0) return;
        _asideBytes = 0;
        _asideLast = default;
    }

    /// <summary>Holds no record any more.</summary>
    public void Release()
    {
        _records.Clear();
        ForgetAside(default);
    }

    /// <summary>Knows nothing any more.</summary>
    public void Clear()
    {
        Release();
        Head = default;
    }

    private void ForgetAside(in BatchSlice next)
    {
        _aside.Clear();
        _asideBytes = next.Batch.Length;
        _asideLast = next.Batch;
    }
}
