namespace Mesh.Protocols.Resp.Commands;

/// <summary>Times as commands and replies have them: whole milliseconds.</summary>
internal static class Durations
{
    /// <summary>Never below zero, nor beyond what a span holds.</summary>
    public static TimeSpan OfMilliseconds(long milliseconds) => TimeSpan.FromTicks(Math.Clamp(milliseconds, 0, long.MaxValue / TimeSpan.TicksPerMillisecond) * TimeSpan.TicksPerMillisecond);

    public static long Milliseconds(RecordTime time) => time.Micros / 1000;

    public static long MillisecondsSince(RecordTime earlier, RecordTime now) => Math.Max(0, Milliseconds(now) - Milliseconds(earlier));
}
