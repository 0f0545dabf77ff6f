using System.Globalization;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>Times and spans as mesh.v1 writes and reads them.</summary>
internal static class V1Text
{
    /// <summary>The longest span a client may name: a hundred years.</summary>
    private const long SecondsMax = 100L * 366 * 24 * 3600;

    /// <summary>RFC 3339 in UTC with all six digits of the microseconds, so that it is the record's exact time.</summary>
    public static string Of(RecordTime time) => time.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads RFC 3339, or microseconds since the Unix epoch.</summary>
    public static bool TryTime(string text, out RecordTime time)
    {
        time = default;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var micros))
        {
            time = new RecordTime(micros);
            return true;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)) return false;
        time = RecordTime.From(parsed);
        return time >= RecordTime.None;
    }

    /// <summary>Seconds with up to six decimals.</summary>
    public static decimal Seconds(long micros) => micros / 1_000_000m;

    /// <returns>Null for less than a microsecond, and for more than a hundred years.</returns>
    public static long? Micros(decimal seconds) => seconds is >= 0.000001m and <= SecondsMax ? (long)(seconds * 1_000_000m) : null;
}
