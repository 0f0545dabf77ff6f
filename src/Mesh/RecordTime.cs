namespace Mesh;

/// <summary>
/// When a record entered its stream: microseconds since the Unix epoch, UTC. Strictly increasing within a stream, so a time is a cursor too.
/// </summary>
public readonly record struct RecordTime(long Micros) : IComparable<RecordTime>
{
    /// <summary>Before every record.</summary>
    public static readonly RecordTime None = new(0);

    public static readonly RecordTime Max = new(long.MaxValue);

    public static RecordTime From(DateTimeOffset time) => new((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(Micros * TimeSpan.TicksPerMicrosecond);

    public RecordTime Plus(long micros) => new(checked(Micros + micros));

    public RecordTime Plus(TimeSpan span) => new(checked(Micros + (span.Ticks / TimeSpan.TicksPerMicrosecond)));

    public TimeSpan Since(RecordTime earlier) => TimeSpan.FromTicks((Micros - earlier.Micros) * TimeSpan.TicksPerMicrosecond);

    public int CompareTo(RecordTime other) => Micros.CompareTo(other.Micros);

    public static bool operator <(RecordTime left, RecordTime right) => left.Micros < right.Micros;

    public static bool operator >(RecordTime left, RecordTime right) => left.Micros > right.Micros;

    public static bool operator <=(RecordTime left, RecordTime right) => left.Micros <= right.Micros;

    public static bool operator >=(RecordTime left, RecordTime right) => left.Micros >= right.Micros;
}
