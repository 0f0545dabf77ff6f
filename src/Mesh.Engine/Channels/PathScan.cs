namespace Mesh.Engine.Channels;

/// <summary>Walks the records at one path, or below it, without those of one producer. Good for one turn.</summary>
internal sealed class PathScan
{
    private readonly ChannelIndex _index;
    private readonly PathRecords? _records;
    private readonly ChannelIndex.Producer? _except;
    private readonly int _step;
    private readonly int _end;
    private int _at;
    private int _run = -1;

    /// <param name="index">What the records are listed in.</param>
    /// <param name="records">Null for none.</param>
    /// <param name="except">Whose records are passed over; null for nobody's.</param>
    /// <param name="descending">From the newest on.</param>
    /// <param name="after">Only records with a greater time.</param>
    /// <param name="before">Only records with a smaller time.</param>
    public PathScan(ChannelIndex index, PathRecords? records, ChannelIndex.Producer? except, bool descending, RecordTime after, RecordTime before)
    {
        _index = index;
        _records = records;
        _except = except;
        _step = descending ? -1 : 1;
        var first = FirstFrom(after.Micros == long.MaxValue ? long.MaxValue : after.Micros + 1);
        var last = FirstFrom(before.Micros) - 1;
        (_at, _end) = descending ? (last + 1, first - 1) : (first - 1, last + 1);
    }

    public ChannelIndex.Place Current { get; private set; }

    public bool MoveNext()
    {
        _at += _step;
        if (_except is not null) PassOver();
        if (_step > 0 ? _at >= _end : _at <= _end) return false;
        Current = _index[_records![_at]].Place;
        return true;
    }

    /// <summary>Neighbouring runs are of different producers, so one step is enough.</summary>
    private void PassOver()
    {
        if (_step > 0 ? _at >= _end : _at <= _end) return;
        if (_run < 0 || _at < _records!.StartOf(_run) || _at >= _records.EndOf(_run)) _run = _run < 0 ? _records!.RunOf(_at) : _run + _step;
        if (_records!.ProducerOf(_run) != _except) return;
        _at = _step > 0 ? _records.EndOf(_run) : _records.StartOf(_run) - 1;
        _run += _step;
    }

    /// <summary>Index of the first record of this time or later, in microseconds.</summary>
    private int FirstFrom(long micros)
    {
        var (low, high) = (0, _records?.Count ?? 0);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_index[_records![middle]].Place.Time.Micros >= micros) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
