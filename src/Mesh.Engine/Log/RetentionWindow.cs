using Mesh.Engine.Storage;

namespace Mesh.Engine.Log;

/// <summary>
/// What the options keep: finds the oldest record to keep by age (exactly), by count (exactly) and by bytes (within a batch by the average size of its
/// records). Knows where the oldest batches stand, a bounded stretch of them at a time. Not thread-safe.
/// </summary>
internal sealed class RetentionWindow(StreamOptions options)
{
    /// <summary>Places loaded at a time, 56 bytes each.</summary>
    public const int PlacesMax = 4096;

    private readonly Deque<BatchPlace> _head = new();
    private bool _reachesTail;
    private long? _goneBytes;

    /// <summary>Whether places must be known at all; a limit by count is arithmetic.</summary>
    public bool UsesPlaces => options is not { RetentionAge: null, RetentionBytes: null, RotationAt: null, RotationBytes: null };

    /// <summary>True when too little is known of the oldest batches: <see cref="Load"/> before <see cref="Low"/> is exact.</summary>
    public bool NeedsPlaces => UsesPlaces && !_reachesTail && _head.Count <= 1;

    /// <param name="places">The oldest batches there are.</param>
    /// <param name="reachesTail">No batch follows them.</param>
    public void Load(IReadOnlyList<BatchPlace> places, bool reachesTail)
    {
        if (places.Count > 0) _goneBytes ??= places[0].EndBytes;
        foreach (var place in places)
            if (_head.Count == 0 || place.First > _head[_head.Count - 1].First) _head.Add(place);
        _reachesTail = reachesTail;
    }

    /// <summary>A batch was committed.</summary>
    public void Add(in BatchPlace place)
    {
        if (!UsesPlaces || !_reachesTail) return;
        _head.Add(place);
    }

    /// <summary>The oldest record to keep.</summary>
    /// <param name="low">The oldest kept so far.</param>
    /// <param name="next">The sequence after the newest record.</param>
    /// <param name="endBytes">Bytes of all batches ever stored.</param>
    /// <param name="now">The clock.</param>
    public Sequence Low(Sequence low, Sequence next, long endBytes, RecordTime now)
    {
        if (options.RetentionCount is { } count && next.Value - count > low.Value) low = new Sequence(next.Value - count);
        if (options.RetentionBytes is { } bytes) low = Later(low, LowByBytes(bytes, endBytes));
        if (options is { RotationBytes: { } part, RotationsKept: { } kept }) low = Later(low, LowByParts(part, kept, endBytes));
        if (options.GoneThrough(now) is { } gone) low = Later(low, LowByTime(gone.Micros));
        return low;
    }

    /// <summary>The newest record always stays.</summary>
    private Sequence LowByBytes(long bytesMax, long endBytes)
    {
        while (_head.Count > 1 && endBytes - _head[0].EndBytes >= bytesMax) DropHead();
        if (_head.Count == 0) return Sequence.First;
        var oldest = _head[0];
        var beyond = endBytes - (oldest.EndBytes - oldest.Bytes) - bytesMax;
        return beyond > 0 ? oldest.First.Plus(Math.Min(RecordsIn(beyond, oldest), _head.Count > 1 ? oldest.Count : oldest.Count - 1)) : oldest.First;
    }

    /// <summary>What of a batch is beyond the limit is counted by the average size of its records: how large each one is, only its bytes tell.</summary>
    private static long RecordsIn(long bytes, in BatchPlace batch) => (long)((((Int128)bytes * batch.Count) + batch.Bytes - 1) / batch.Bytes);

    /// <summary>What is full goes at once, not batch by batch.</summary>
    private Sequence LowByParts(long partBytes, int kept, long endBytes)
    {
        var isFull = (Int128)endBytes - (_goneBytes ?? 0) > (Int128)partBytes * (kept + 1);
        var bytesMax = (long)Int128.Min((Int128)partBytes * (isFull ? kept : kept + 1), long.MaxValue);
        while (_head.Count > 1 && endBytes - (_goneBytes ?? 0) > bytesMax) DropHead();
        return _head.Count > 0 ? _head[0].First : Sequence.First;
    }

    /// <param name="cutoff">Records of this time and earlier are gone, in microseconds.</param>
    private Sequence LowByTime(long cutoff)
    {
        var dropped = Sequence.None;
        while (_head.Count > 0 && _head[0].LastTime.Micros <= cutoff)
        {
            dropped = _head[0].Last;
            DropHead();
        }

        if (_head.Count == 0) return dropped.Next();
        return _head[0].First.Plus(Math.Max(0, cutoff - _head[0].FirstTime.Micros + 1));
    }

    private void DropHead()
    {
        _goneBytes = _head[0].EndBytes;
        _head.RemoveFirst();
    }

    private static Sequence Later(Sequence one, Sequence other) => one > other ? one : other;
}
