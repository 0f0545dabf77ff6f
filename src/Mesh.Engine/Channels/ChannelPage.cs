using Mesh.Engine.Log;
using Mesh.Frames;

namespace Mesh.Engine.Channels;

/// <summary>
/// Fills the page of one read by path: finds where its records stand, then takes each from its batch. Bounded in records and in bytes of batches.
/// Not thread-safe.
/// </summary>
internal sealed class ChannelPage(ChannelQuery query)
{
    private readonly List<BatchSlice> _slices = [];
    private List<ChannelIndex.Place> _found = [];
    private int _next;
    private RecordTime _after = query.After;
    private RecordTime _before = RecordTime.Max;
    private CachedBatch _held;
    private long _bytes;
    private bool _isLast;

    /// <summary>The record whose batch is needed next; null when those found are all taken, or the page is full.</summary>
    public Sequence? Missing => _next < _found.Count && !IsFull ? _found[_next].Sequence : null;

    /// <summary>The page is full, or holds all there is.</summary>
    public bool IsDone => IsFull || (_isLast && _next == _found.Count);

    private bool IsFull => _slices.Count >= query.RecordsMax || (_slices.Count > 0 && _bytes >= query.BytesMax);

    /// <summary>In a turn: looks for as many records as the page still takes.</summary>
    public void Find(ChannelIndex index)
    {
        var limit = query.RecordsMax - _slices.Count;
        _found = index.Find(query, _after, _before, limit);
        _next = 0;
        _isLast = _found.Count < limit;
    }

    /// <summary>In a turn: takes what was found from memory.</summary>
    /// <returns>True when that finishes the page.</returns>
    public bool TryFill(TailCache cache, Sequence high)
    {
        while (Missing is { } sequence)
        {
            if (!Holds(sequence) && (sequence < cache.First || sequence > high)) return false;
            Fill(Holds(sequence) ? _held : cache.BatchOf(sequence));
        }

        return IsDone;
    }

    /// <summary>Takes the record that was <see cref="Missing"/>, and those after it that lie in the same batch.</summary>
    /// <param name="batch">Null when it is gone or damaged: the record is left out.</param>
    public void Fill(CachedBatch? batch)
    {
        if (batch is not { } held)
        {
            Pass();
            return;
        }

        if (!_held.Bytes.Equals(held.Bytes)) _bytes += held.Bytes.Length;
        _held = held;
        do
        {
            var place = Pass();
            _slices.Add(new BatchSlice(held.Bytes, place.Offset, place.Index, 1));
        }
        while (Missing is { } sequence && Holds(sequence));
    }

    public RecordPage ToPage(Sequence low, Sequence high) => new(_slices, high.Next(), low, high);

    private ChannelIndex.Place Pass()
    {
        var place = _found[_next++];
        if (query.Descending) _before = place.Time;
        else _after = place.Time;
        return place;
    }

    private bool Holds(Sequence sequence) => !_held.Bytes.IsEmpty && sequence >= _held.Header.First && sequence <= _held.Header.Last;
}
