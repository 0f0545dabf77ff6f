using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>Keeps the low watermark where the options want it, and tells when storage should follow. Not thread-safe.</summary>
/// <param name="opened">The stream as it was opened.</param>
/// <param name="interval">How often storage is told, at most.</param>
internal sealed class LogTrimmer(OpenedStream opened, TimeSpan interval)
{
    private readonly RetentionWindow _retention = NewWindow(opened);
    private Sequence _storedLow = opened.LowWatermark;
    private bool _isUnfinished = opened.FirstBatch is { } first && first.Last < opened.LowWatermark;
    private RecordTime _storedAt;
    private long _endBytes = opened.LastBatch?.EndBytes ?? 0;

    /// <summary>True when the low watermark is not exact before <see cref="Load"/>.</summary>
    public bool NeedsPlaces => _retention.NeedsPlaces;

    /// <summary>Brings the low watermark up to now.</summary>
    public void Apply(SequencedLog log, RecordTime now) => log.RaiseLow(_retention.Low(log.Low, log.Next, _endBytes, now));

    /// <param name="places">The oldest batches from the low watermark on.</param>
    /// <param name="high">The newest record.</param>
    public void Load(IReadOnlyList<BatchPlace> places, Sequence high) => _retention.Load(places, places.Count == 0 || places[^1].Last >= high);

    public void OnCommitted(in BatchHeader header, int bytes)
    {
        _endBytes += bytes;
        _retention.Add(new BatchPlace(header.First, header.Count, header.FirstTime, _endBytes, header.FirstId, bytes));
    }

    /// <summary>Whether storage still holds what is gone below <paramref name="low"/>.</summary>
    public bool IsBehind(Sequence low) => _isUnfinished || low > _storedLow;

    /// <summary>Storage did not delete all that it was told to: the next commit tells it again.</summary>
    public void GoOn() => _isUnfinished = true;

    /// <summary>What the next commit tells storage; null when there is nothing, or it was told a moment ago and has done it.</summary>
    /// <param name="low">The low watermark as of that commit.</param>
    /// <param name="end">The end of the log as of that commit.</param>
    /// <param name="now">The clock.</param>
    public TrimRow? TakeDue(Sequence low, (Sequence Next, RecordTime LastTime) end, RecordTime now)
    {
        if (!IsBehind(low) || (!_isUnfinished && now.Since(_storedAt) < interval)) return null;
        _isUnfinished = false;
        _storedAt = now;
        _storedLow = low;
        return new TrimRow(low, end.Next, end.LastTime);
    }

    private static RetentionWindow NewWindow(OpenedStream opened)
    {
        var window = new RetentionWindow(opened.Entry.Options);
        if (opened.LastBatch is null) window.Load([], reachesTail: true);
        return window;
    }
}
