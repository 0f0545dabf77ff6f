using Xunit;

namespace Mesh.Tests.Schedules;

public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("* * * * *", "2026-03-01 12:00:30", "2026-03-01 12:01:00")]
    [InlineData("*/15 * * * *", "2026-03-01 12:00:00", "2026-03-01 12:15:00")]
    [InlineData("0 9 * * MON-FRI", "2026-03-06 09:00:00", "2026-03-09 09:00:00")]
    [InlineData("30 2 29 2 *", "2026-03-01 00:00:00", "2028-02-29 02:30:00")]
    [InlineData("0 0 1 1 *", "2026-12-31 23:59:59", "2027-01-01 00:00:00")]
    [InlineData("@yearly", "2026-01-01 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("@hourly", "2026-03-01 12:00:00", "2026-03-01 13:00:00")]
    [InlineData("@weekly", "2026-03-03 00:00:00", "2026-03-08 00:00:00")]
    [InlineData("0 0 * * 7", "2026-03-03 00:00:00", "2026-03-08 00:00:00")]
    [InlineData("0 0 13 * FRI", "2026-03-01 00:00:00", "2026-03-06 00:00:00")]
    [InlineData("*/20 * * * * *", "2026-03-01 12:00:40", "2026-03-01 12:01:00")]
    [InlineData("5/20 0 * * *", "2026-03-01 00:05:00", "2026-03-01 00:25:00")]
    [InlineData("0 12 ? JAN,jul *", "2026-03-01 00:00:00", "2026-07-01 12:00:00")]
    public void The_next_time_is_the_first_that_the_fields_name(string expression, string after, string expected) =>
        Assert.Equal(Utc(expected), CronExpression.Parse(expression).After(Utc(after)));

    [Theory]
    [InlineData("* * * *", "has 4")]
    [InlineData("60 * * * *", "minute field '60'")]
    [InlineData("* 24 * * *", "hour field '24'")]
    [InlineData("* * 0 * *", "day of the month field '0'")]
    [InlineData("* * * 13 *", "month field '13'")]
    [InlineData("* * * * FRX", "no name such as SUN")]
    [InlineData("*/0 * * * *", "'0' is no number from 1 to 59")]
    [InlineData("9-5 * * * *", "'9-5' ends before it begins")]
    [InlineData("1,, * * * *", "'' is no number")]
    [InlineData("0 0 30 2 *", "never comes")]
    [InlineData("every day", "has 2")]
    public void What_is_no_expression_is_refused_with_what_is_wrong(string expression, string fault) =>
        Assert.Contains(fault, Assert.Throws<FormatException>(() => CronExpression.Parse(expression)).Message);

    [Fact]
    public void Random_expressions_agree_with_going_through_all_seconds()
    {
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var (text, fields) = RandomExpression(random);
            var start = Utc("2026-01-01 00:00:00").AddSeconds(random.Next(365 * 86400));
            var next = CronExpression.Parse(text).After(start);
            Assert.NotNull(next);
            Assert.True(Holds(fields, next.Value), $"{text} after {start:u}: {next:u}");
            for (var time = start.AddSeconds(1); time < next && time < start.AddHours(30); time = time.AddSeconds(1))
                Assert.False(Holds(fields, time), $"{text} after {start:u} skipped {time:u}");
        }
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);

    private static (string Text, HashSet<int>?[] Fields) RandomExpression(Random random)
    {
        (int Min, int Max)[] bounds = [(0, 59), (0, 59), (0, 23), (1, 28), (1, 12), (0, 6)];
        var fields = Array.ConvertAll(bounds, bound => random.Next(2) == 0
            ? null
            : Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(bound.Min, bound.Max + 1)).ToHashSet());
        return (string.Join(' ', fields.Select(field => field is null ? "*" : string.Join(',', field))), fields);
    }

    private static bool Holds(HashSet<int>?[] fields, DateTimeOffset time)
    {
        var (inMonth, inWeek) = (fields[3]?.Contains(time.Day), fields[5]?.Contains((int)time.DayOfWeek));
        var isDay = inMonth is { } a && inWeek is { } b ? a || b : (inMonth ?? true) && (inWeek ?? true);
        return isDay && Is(0, time.Second) && Is(1, time.Minute) && Is(2, time.Hour) && Is(4, time.Month);

        bool Is(int field, int value) => fields[field]?.Contains(value) ?? true;
    }
}
