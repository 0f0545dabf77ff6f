using System.Text;
using Mesh.Frames;
using Xunit;

namespace Mesh.Engine.Tests.Streams;

/// <summary>What a log must hold, as plain as can be: a list of all records ever, and where the kept ones begin.</summary>
/// <param name="options">What is kept.</param>
/// <param name="clock">The clock.</param>
/// <param name="hasIds">Whether records have Redis ids.</param>
internal sealed class StreamModel(StreamOptions options, TimeProvider clock, bool hasIds)
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

    public void Append(AppendResult.Appended appended, IReadOnlyList<Draft> drafts, string? dedupeId)
    {
        Assert.Equal(High + 1, appended.First.Value);
        Assert.Equal(drafts.Count, appended.Count);
        Assert.True(appended.FirstTime > LastTime, $"{appended.FirstTime} is not after {LastTime}.");
        Assert.Equal(hasIds, appended.FirstId > LastId);
        if (dedupeId is not null) _seen[dedupeId] = (appended.First.Value, appended.Count, clock.GetUtcNow());
        for (var i = 0; i < drafts.Count; i++)
            _records.Add(new Expected(High + 1, appended.FirstTime.Plus(i), hasIds ? appended.FirstId.Plus(i) : RingId.None, drafts[i]));
    }

    public long TrimToCount(long keep)
    {
        var before = Low;
        _low = Math.Max(before, Math.Min(High + 1, Math.Max(1, High + 1 - keep)));
        return _low - before;
    }

    public List<long> Read(long from, int max, bool backwards)
    {
        var found = new List<long>();
        var low = Low;
        if (backwards)
        {
            for (var i = Math.Min(from, High); i >= low && found.Count < max; i--) found.Add(i);
        }
        else
        {
            for (var i = Math.Max(from, low); i <= High && found.Count < max; i++) found.Add(i);
        }

        return found;
    }

    /// <summary>The records kept, in order.</summary>
    public IEnumerable<Expected> Kept() => _records.Skip((int)Math.Max(0, Low - 1));

    /// <summary>A record that was read is the one that was appended.</summary>
    public void Check(in RecordView record)
    {
        var expected = At(record.Sequence.Value);
        var draft = new Draft(Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Producer), Encoding.UTF8.GetString(record.Body));
        Assert.Equal(expected, new Expected(record.Sequence.Value, record.Time, record.Id, draft));
    }

    public Expected At(long sequence) => _records[(int)sequence - 1];

    /// <summary>The first sequence whose time is not before <paramref name="time"/>; one beyond the last when there is none.</summary>
    public long FirstFrom(RecordTime time)
    {
        var at = _records.FindIndex(record => record.Time >= time);
        return at < 0 ? High + 1 : at + 1;
    }

    /// <summary>A record as its publisher gave it.</summary>
    internal sealed record Draft(string Key, string Producer, string Body);

    internal sealed record Expected(long Sequence, RecordTime Time, RingId Id, Draft Draft);
}
