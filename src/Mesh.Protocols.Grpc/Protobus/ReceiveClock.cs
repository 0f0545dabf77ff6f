namespace Mesh.Protocols.Grpc.Protobus;

/// <summary>
/// Tells when events come in, in nanoseconds since the Unix epoch: the wall clock, read now and then, and the finer counter in between. No time is told twice, and none is
/// earlier than the one before. Not thread-safe: one for each publisher.
/// </summary>
internal sealed class ReceiveClock(TimeProvider clock)
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>How long the counter is followed before the wall clock is asked again.</summary>
    private static readonly TimeSpan AnchorMax = TimeSpan.FromSeconds(1);

    /// <summary>How often the wall clock is read for the reading that took the least time.</summary>
    private const int Readings = 3;

    private long _anchorNanos;
    private long _anchorStamp;
    private long _last;
    private bool _isAnchored;

    public long Now()
    {
        var stamp = clock.GetTimestamp();
        if (!_isAnchored || clock.GetElapsedTime(_anchorStamp, stamp) > AnchorMax) stamp = Anchor();
        var since = (long)((Int128)(stamp - _anchorStamp) * NanosPerSecond / clock.TimestampFrequency);
        return _last = Math.Max(_last + 1, _anchorNanos + since);
    }

    /// <returns>The counter.</returns>
    private long Anchor()
    {
        var best = long.MaxValue;
        for (var i = 0; i < Readings; i++)
        {
            var before = clock.GetTimestamp();
            var now = clock.GetUtcNow();
            var after = clock.GetTimestamp();
            if (after - before >= best) continue;
            best = after - before;
            _anchorNanos = (now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;
            _anchorStamp = before;
        }

        _isAnchored = true;
        return clock.GetTimestamp();
    }
}
