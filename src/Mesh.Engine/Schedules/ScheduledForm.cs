using System.Globalization;
using System.Text;
using Mesh.Frames;

namespace Mesh.Engine.Schedules;

/// <summary>The form in which an append waits: a record whose key names the stream (the number of its kind, then its name), whose body is the segment, and whose
/// tags say the rest.</summary>
/// <param name="Target">Where it goes.</param>
/// <param name="DueAt">When.</param>
/// <param name="Cron">How it comes again; null when it comes once.</param>
/// <param name="First">Its first name when it has come before.</param>
/// <param name="DedupeId">As the caller gave it; the target knows it too.</param>
/// <param name="Segment">What is appended.</param>
internal sealed record ScheduledForm(StreamName Target, RecordTime DueAt, CronExpression? Cron, ScheduledId? First, ReadOnlyMemory<byte> DedupeId, ReadOnlyMemory<byte> Segment)
{
    private static ReadOnlySpan<byte> DueTag => "due"u8;

    private static ReadOnlySpan<byte> CronTag => "cron"u8;

    private static ReadOnlySpan<byte> FirstTag => "first"u8;

    private static ReadOnlySpan<byte> DedupeTag => "dedupe"u8;

    /// <summary>The next time that it comes, after its own and after now; null when it does not.</summary>
    public ScheduledForm? After(RecordTime now, ScheduledId self) =>
        Cron?.After((now > DueAt ? now : DueAt).ToDateTimeOffset()) is { } next ? this with { DueAt = RecordTime.From(next), First = First ?? self } : null;

    /// <param name="now">The clock: until it is due the record is hidden.</param>
    public ReadOnlyMemory<byte> Write(RecordTime now)
    {
        var tags = new TagsWriter();
        tags.Add(DueTag, Encoding.ASCII.GetBytes(DueAt.Micros.ToString(CultureInfo.InvariantCulture)));
        if (Cron is not null) tags.Add(CronTag, Encoding.UTF8.GetBytes(Cron.Text));
        if (First is { } first) tags.Add(FirstTag, Encoding.ASCII.GetBytes(first.ToString()));
        if (!DedupeId.IsEmpty) tags.Add(DedupeTag, DedupeId.Span);
        using var writer = new SegmentWriter(Segment.Length + 512);
        var fields = new RecordFields
        {
            Key = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(int)Target.Kind}{Target.Name}")),
            Tags = tags.Written,
            DelayMicros = Math.Max(0, DueAt.Micros - now.Micros),
        };
        writer.Add(fields, Segment.Span);
        return writer.Finish().ToArray();
    }

    /// <param name="record">As it waits.</param>
    /// <param name="project">The target's.</param>
    public static ScheduledForm Read(in RecordView record, string project)
    {
        var key = Encoding.UTF8.GetString(record.Key);
        return new ScheduledForm(
            new StreamName(project, (StreamKind)(key[0] - '0'), key[1..]),
            new RecordTime(long.Parse(Text(record, DueTag)!, CultureInfo.InvariantCulture)),
            Text(record, CronTag) is { } cron ? CronExpression.Parse(cron) : null,
            Text(record, FirstTag) is { } first && ScheduledId.TryParse(first, out var id) ? id : null,
            TagsReader.TryFind(record.Tags, DedupeTag, out var dedupe) ? dedupe.ToArray() : default,
            record.Body.ToArray());
    }

    private static string? Text(in RecordView record, ReadOnlySpan<byte> tag) =>
        TagsReader.TryFind(record.Tags, tag, out var value) ? Encoding.UTF8.GetString(value) : null;
}
