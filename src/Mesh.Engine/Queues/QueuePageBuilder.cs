using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>Gathers records of a queue and what the claims say of them. Not thread-safe.</summary>
internal sealed class QueuePageBuilder
{
    /// <summary>Bytes of batches after which a page takes no further record; 20 records of the greatest size that Zaqar's door takes always fit.</summary>
    public const long BytesMax = 32 * 1024 * 1024;

    private readonly List<BatchSlice> _slices = [];
    private readonly List<QueueRecordState> _states = [];
    private long _bytes;

    public int Count => _slices.Count;

    /// <summary>The page holds as many bytes as a page may.</summary>
    public bool IsFull => _bytes >= BytesMax;

    /// <summary>Adds one record.</summary>
    public void Add(in BatchSlice slice, in QueueRecordState state)
    {
        // Neighbours mostly lie in one batch, which is held once.
        if (_slices.Count == 0 || !_slices[^1].Batch.Equals(slice.Batch)) _bytes += slice.Batch.Length;
        _slices.Add(slice);
        _states.Add(state);
    }

    /// <summary>Says something new of each record, after a change.</summary>
    public void SetStates(IEnumerable<QueueRecordState> states)
    {
        _states.Clear();
        _states.AddRange(states);
    }

    /// <summary>Adds the records of another page that are not the last of this one.</summary>
    public void AddOthers(QueuePageBuilder page)
    {
        for (var i = 0; i < page.Count; i++)
            if (Count == 0 || SequenceOf(page._slices[i]) != SequenceOf(_slices[^1])) Add(page._slices[i], page._states[i]);
    }

    public QueuePage ToPage(StreamNumber? stream, RecordTime now) =>
        new(stream, new RecordPage(_slices, Sequence.None, Sequence.None, Sequence.None), _states, now);

    /// <summary>The first record of a slice.</summary>
    public static Sequence SequenceOf(in BatchSlice slice) => BatchHeader.Read(slice.Batch.Span).First.Plus(slice.Index);
}
