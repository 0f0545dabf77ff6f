namespace Mesh.Engine.Time;

/// <summary>The clock of one process: microseconds that never step back, whatever the wall clock does. Thread-safe.</summary>
public sealed class SteadyClock(TimeProvider source)
{
    private long _last;

    /// <summary>What timers are made from.</summary>
    public TimeProvider Source { get; } = source;

    public RecordTime Now()
    {
        var now = RecordTime.From(Source.GetUtcNow()).Micros;
        var last = Volatile.Read(ref _last);
        while (now > last)
        {
            var seen = Interlocked.CompareExchange(ref _last, now, last);
            if (seen == last) return new RecordTime(now);
            last = seen;
        }

        return new RecordTime(last);
    }
}
