using System.Globalization;

namespace Mesh;

/// <summary>
/// A Redis stream id, <c>milliseconds-number</c>. Within a ring, id order is sequence order. 0-0 is before every record.
/// </summary>
public readonly record struct RingId(ulong Milliseconds, ulong Number) : IComparable<RingId>
{
    public static readonly RingId None = new(0, 0);

    public static readonly RingId Max = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>The smallest id greater than this one; null after <see cref="Max"/>.</summary>
    public RingId? Next() => Number < ulong.MaxValue
        ? new RingId(Milliseconds, Number + 1)
        : Milliseconds < ulong.MaxValue ? new RingId(Milliseconds + 1, 0) : null;

    /// <summary>The greatest id smaller than this one; null before <see cref="None"/>.</summary>
    public RingId? Previous() => Number > 0
        ? new RingId(Milliseconds, Number - 1)
        : Milliseconds > 0 ? new RingId(Milliseconds - 1, ulong.MaxValue) : null;

    /// <summary>The id <paramref name="records"/> places after this one, all within one millisecond.</summary>
    public RingId Plus(int records) => new(Milliseconds, checked(Number + (ulong)records));

    public int CompareTo(RingId other)
    {
        var byTime = Milliseconds.CompareTo(other.Milliseconds);
        return byTime != 0 ? byTime : Number.CompareTo(other.Number);
    }

    public static bool operator <(RingId left, RingId right) => left.CompareTo(right) < 0;

    public static bool operator >(RingId left, RingId right) => left.CompareTo(right) > 0;

    public static bool operator <=(RingId left, RingId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RingId left, RingId right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}-{Number}");
}
