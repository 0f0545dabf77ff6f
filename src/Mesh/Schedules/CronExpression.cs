using System.Globalization;
using System.Numerics;

namespace Mesh;

/// <summary>
/// Times by crontab's rule, in UTC: minute, hour, day of the month, month and day of the week, with seconds before them if there are six fields. A field is
/// <c>*</c>, or a list of numbers, ranges and steps such as <c>1,10-20,*/5</c>; months and days of the week have names too (<c>JAN</c>, <c>MON</c>), and Sunday is 0
/// or 7. When both the day of the month and of the week are restricted, either is enough, as crontab has it. <c>@yearly</c>, <c>@monthly</c>, <c>@weekly</c>,
/// <c>@daily</c> and <c>@hourly</c> stand for the obvious. Written here because no package for it restores.
/// </summary>
public sealed record CronExpression
{
    /// <summary>Every date, with the days of the week, comes again after this.</summary>
    private const int YearsMax = 40;

    private static readonly string[] MonthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] DayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _eitherDay;

    private CronExpression(string text, ReadOnlySpan<string> fields)
    {
        Text = text;
        var hasSeconds = fields.Length == 6;
        var five = hasSeconds ? fields[1..] : fields;
        _seconds = hasSeconds ? Read(fields[0], "second", 0, 59, []) : 1;
        _minutes = Read(five[0], "minute", 0, 59, []);
        _hours = Read(five[1], "hour", 0, 23, []);
        _days = Read(five[2], "day of the month", 1, 31, []);
        _months = Read(five[3], "month", 1, 12, MonthNames);
        var weekdays = Read(five[4], "day of the week", 0, 7, DayNames);
        _weekdays = (weekdays | (weekdays >> 7)) & 0x7F;
        _eitherDay = !IsAny(five[2]) && !IsAny(five[4]);
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <exception cref="FormatException">The text is no such expression, or names a day that never comes; the message says what is wrong and what would be right.</exception>
    public static CronExpression Parse(string text)
    {
        if (text.Length > 256) throw new FormatException($"A cron expression has at most 256 characters; this one has {text.Length}.");
        var fields = Expand(text).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length is not (5 or 6))
            throw new FormatException($"A cron expression has five fields (minute, hour, day of the month, month, day of the week), or six with seconds before them; '{text}' has {fields.Length}.");
        var parsed = new CronExpression(text, fields);
        return parsed.After(DateTimeOffset.UnixEpoch) is not null ? parsed : throw new FormatException($"The day that '{text}' names never comes.");
    }

    /// <summary>The first time after another, in UTC; null when none comes in forty years.</summary>
    public DateTimeOffset? After(DateTimeOffset time)
    {
        var next = time.ToUniversalTime();
        next = new DateTimeOffset(next.Year, next.Month, next.Day, next.Hour, next.Minute, next.Second, TimeSpan.Zero).AddSeconds(1);
        if (IsDay(next) && TimeOfDay(next.TimeOfDay) is { } today) return Midnight(next) + today;
        var day = Midnight(next);
        for (var end = day.Year + YearsMax; day.Year <= Math.Min(end, 9998);)
        {
            day = Has(_months, day.Month) ? day.AddDays(1) : new DateTimeOffset(day.Year, day.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
            if (IsDay(day)) return day + TimeOfDay(TimeSpan.Zero);
        }

        return null;
    }

    public bool Equals(CronExpression? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static string Expand(string text) => text.Trim() switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" or "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        var fields => fields.Replace('\t', ' '),
    };

    private static DateTimeOffset Midnight(DateTimeOffset time) => new(time.Year, time.Month, time.Day, 0, 0, 0, TimeSpan.Zero);

    private static bool Has(ulong set, int value) => (set >> value & 1) != 0;

    private static bool IsAny(string field) => field[0] is '*' or '?';

    private bool IsDay(DateTimeOffset day)
    {
        if (!Has(_months, day.Month)) return false;
        var (inMonth, inWeek) = (Has(_days, day.Day), Has(_weekdays, (int)day.DayOfWeek));
        return _eitherDay ? inMonth || inWeek : inMonth && inWeek;
    }

    /// <summary>The first time of a day from <paramref name="from"/> on.</summary>
    private TimeSpan? TimeOfDay(TimeSpan from)
    {
        if (Has(_hours, from.Hours))
        {
            if (Has(_minutes, from.Minutes) && From(_seconds, from.Seconds) is { } second) return new TimeSpan(from.Hours, from.Minutes, second);
            if (From(_minutes, from.Minutes + 1) is { } minute) return new TimeSpan(from.Hours, minute, First(_seconds));
        }

        return From(_hours, from.Hours + 1) is { } hour ? new TimeSpan(hour, First(_minutes), First(_seconds)) : null;
    }

    private static int? From(ulong set, int value)
    {
        var left = set >> value;
        return left == 0 ? null : value + BitOperations.TrailingZeroCount(left);
    }

    private static int First(ulong set) => BitOperations.TrailingZeroCount(set);

    private static ulong Read(string field, string what, int min, int max, string[] names)
    {
        var set = 0UL;
        foreach (var part in field.Split(',')) set |= ReadPart(part, new Field(field, what, min, max, names));
        return set;
    }

    private static ulong ReadPart(string part, in Field field)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        var step = slash < 0 ? 1 : Number(part[(slash + 1)..], field, 1);
        var range = slash < 0 ? part : part[..slash];
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var (low, high) = range is "*" or "?" ? (field.Min, field.Max)
            : dash > 0 ? (Value(range[..dash], field), Value(range[(dash + 1)..], field))
            : (Value(range, field), slash < 0 ? Value(range, field) : field.Max);
        if (high < low) throw field.Fault($"'{range}' ends before it begins");
        var set = 0UL;
        for (var value = low; value <= high; value += step) set |= 1UL << value;
        return set;
    }

    private static int Value(string text, in Field field)
    {
        var name = Array.FindIndex(field.Names, each => each.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name >= 0 ? name + (field.Min == 1 ? 1 : 0) : Number(text, field, field.Min);
    }

    private static int Number(string text, in Field field, int min) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= field.Max
            ? number
            : throw field.Fault($"'{text}' is no number from {min} to {field.Max}{(field.Names.Length > 0 ? $" and no name such as {field.Names[0]}" : "")}");

    private readonly record struct Field(string Text, string What, int Min, int Max, string[] Names)
    {
        public FormatException Fault(string reason) => new($"The {What} field '{Text}' of a cron expression is wrong: {reason}.");
    }
}
