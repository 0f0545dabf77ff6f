using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>What a ring must hold, as plain as can be: a list of all records ever, and where the kept ones begin.</summary>
internal sealed class StreamModel(StreamOptions options, TimeProvider clock)
{
    private readonly List<Expected> _records = [];
    private readonly Dictionary<string, (long First, int Count, DateTimeOffset At)> _seen = [];
    private long _low = 1;

    public long High => _records.Count;

    public long Low
    {
        get
        {
            var low = _low;
            if (options.RetentionCount is { } count) low = Math.Max(low, High - count + 1);
            if (options.RetentionAge is { } age)
            {
                var cutoff = RecordTime.From(clock.GetUtcNow()).Micros - (age.Ticks / TimeSpan.TicksPerMicrosecond);
                while (low <= High && _records[(int)low - 1].Time.Micros <= cutoff) low++;
            }

            return _low = low;
        }
    }

    public RecordTime LastTime => _records.Count == 0 ? RecordTime.None : _records[^1].Time;

    public RingId LastId => _records.Count == 0 ? RingId.None : _records[^1].Id;

    public bool HasSeen(string id, out (long First, int Count) seen)
    {
        var known = _seen.TryGetValue(id, out var entry);
        seen = (entry.First, entry.Count);
        return known;
    }

    public void ForgetOlderThan(TimeSpan window)
    {
        foreach (var (id, entry) in _seen)
            if (clock.GetUtcNow() - entry.At >= window) _seen.Remove(id);
    }

    public void Append(AppendResult.Appended appended, IReadOnlyList<string> bodies, string? dedupeId)
    {
        Assert.Equal(High + 1, appended.First.Value);
        Assert.Equal(bodies.Count, appended.Count);
        Assert.True(appended.FirstTime > LastTime, $"{appended.FirstTime} is not after {LastTime}.");
        Assert.True(appended.FirstId > LastId, $"{appended.FirstId} is not after {LastId}.");
        if (dedupeId is not null) _seen[dedupeId] = (appended.First.Value, appended.Count, clock.GetUtcNow());
        for (var i = 0; i < bodies.Count; i++)
            _records.Add(new Expected(appended.FirstTime.Plus(i), appended.FirstId.Plus(i), bodies[i]));
    }

    public long TrimToCount(long keep)
    {
        var before = Low;
        _low = Math.Max(before, Math.Min(High + 1, Math.Max(1, High + 1 - keep)));
        return _low - before;
    }

    public List<(long Sequence, string Body)> Read(long from, int max, bool backwards)
    {
        var found = new List<(long, string)>();
        var low = Low;
        if (backwards)
        {
            for (var i = Math.Min(from, High); i >= low && found.Count < max; i--) found.Add((i, _records[(int)i - 1].Body));
        }
        else
        {
            for (var i = Math.Max(from, low); i <= High && found.Count < max; i++) found.Add((i, _records[(int)i - 1].Body));
        }

        return found;
    }

    public Expected At(long sequence) => _records[(int)sequence - 1];

    /// <summary>The first sequence whose time is not before <paramref name="time"/>; one beyond the last when there is none.</summary>
    public long FirstFrom(RecordTime time)
    {
        var at = _records.FindIndex(record => record.Time >= time);
        return at < 0 ? High + 1 : at + 1;
    }

    internal sealed record Expected(RecordTime Time, RingId Id, string Body);
}
