using Google.Protobuf.WellKnownTypes;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Times and time spans of requests.</summary>
internal static class Times
{
    /// <exception cref="Framing.GrpcException">INVALID_ARGUMENT: it is no time.</exception>
    public static RecordTime Of(string name, Timestamp time)
    {
        try
        {
            return RecordTime.From(time.ToDateTimeOffset());
        }
        catch (InvalidOperationException)
        {
            throw Names.Wrong($"{name} must be a time of the years 1 to 9999 with 0 to 999,999,999 nanoseconds; it has {time.Seconds} s and {time.Nanos} ns.");
        }
    }

    /// <returns>Null when it is absent.</returns>
    /// <exception cref="Framing.GrpcException">INVALID_ARGUMENT: it is no time span.</exception>
    public static TimeSpan? Of(string name, Duration? span)
    {
        if (span is null) return null;
        try
        {
            return span.ToTimeSpan();
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or OverflowException)
        {
            throw Names.Wrong($"{name} is no time span: {span.Seconds} s and {span.Nanos} ns.");
        }
    }

    public static Timestamp Show(RecordTime time) => Timestamp.FromDateTimeOffset(time.ToDateTimeOffset());
}
