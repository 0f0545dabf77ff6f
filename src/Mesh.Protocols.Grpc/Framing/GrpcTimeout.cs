using System.Globalization;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>Reads the <c>grpc-timeout</c> header: one to eight digits and a unit, <c>H M S m u n</c>.</summary>
internal static class GrpcTimeout
{
    /// <summary>A timer cannot be set further ahead (about 49 days); what lies beyond never passes.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromMilliseconds(uint.MaxValue - 1d);

    /// <returns>Null when the text is no timeout. Never more than <see cref="Max"/>.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length is < 2 or > 9) return null;
        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)) return null;
        // 99,999,999 hours fit into the ticks of a long with room to spare.
        TimeSpan? timeout = text[^1] switch
        {
            'H' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerHour),
            'M' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerMinute),
            'S' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerSecond),
            'm' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerMillisecond),
            'u' => TimeSpan.FromTicks(amount * TimeSpan.TicksPerMicrosecond),
            'n' => TimeSpan.FromTicks(amount / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
        return timeout > Max ? Max : timeout;
    }
}
