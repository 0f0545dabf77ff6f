using System.Globalization;

namespace Mesh.Topics;

/// <summary>What the partitions of one prefix keep: <c>prefix:age=7d,count=1000000,size=10G,rotate=02:00,keep=7</c>, any of the words.</summary>
/// <param name="Prefix">That of a rule, as it is written there, or the name of <see cref="TopicHomes.Events"/>.</param>
/// <param name="Options">What they keep.</param>
public sealed record PartitionKeep(string Prefix, StreamOptions Options)
{
    public const string Form = "prefix:age=…,count=…,size=…,rotate=…,keep=…";

    private static readonly TimeSpan AgeMax = TimeSpan.FromDays(36_500);

    /// <exception cref="FormatException">What is wrong with the text.</exception>
    public static PartitionKeep Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1) throw new FormatException("the prefix of a rule, a colon and what its partitions keep, such as metrics:age=7d,size=10G, are needed");
        var options = text[(colon + 1)..].Split(',').Aggregate(new StreamOptions(), Apply);
        var rotates = options.RotationAt is not null || options.RotationBytes is not null;
        if (rotates != options.RotationsKept is not null) throw new FormatException("rotate and keep are needed together: when a new part begins, and how many full ones are kept beside it");
        return new PartitionKeep(text[..colon], options);
    }

    private static StreamOptions Apply(StreamOptions options, string word) => word.Split('=', 2) switch
    {
        ["age", var value] => options with { RetentionAge = Age(value) },
        ["count", var value] => options with { RetentionCount = Number(value, 1, long.MaxValue, "count") },
        ["size", var value] => options with { RetentionBytes = Size(value) },
        ["rotate", var value] when value.Contains(':', StringComparison.Ordinal) => options with { RotationAt = TimeOfDay(value) },
        ["rotate", var value] => options with { RotationBytes = Size(value) },
        ["keep", var value] => options with { RotationsKept = (int)Number(value, 0, 100_000, "keep") },
        _ => throw new FormatException($"'{word}' is none of age=, count=, size=, rotate= and keep="),
    };

    private static TimeSpan Age(string text)
    {
        var unit = text.Length == 0 ? TimeSpan.Zero : text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        if (unit == TimeSpan.Zero) throw new FormatException("age is a whole number and s, m, h or d, such as 7d");
        return Number(text[..^1], 1, AgeMax.Ticks / unit.Ticks, "age") * unit;
    }

    private static long Size(string text)
    {
        var shift = text.Length == 0 ? 0 : " KMGT".IndexOf(text[^1], StringComparison.Ordinal) * 10;
        return shift > 0 ? Number(text[..^1], 1, long.MaxValue >> shift, "a size") << shift : Number(text, 1, long.MaxValue, "a size");
    }

    private static TimeSpan TimeOfDay(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.ToTimeSpan()
            : throw new FormatException($"rotate is a time of the day in UTC, such as 02:00, or a size, such as 1G; it is {text}");

    private static long Number(string text, long min, long max, string what) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"{what} is a whole number from {min} to {max}, with its unit; it is '{text}'");
}
