using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>Gives the log that takes dead letters of a queue.</summary>
public delegate IStreamLog DeadLetterTarget(StreamName queue);

/// <summary>The form in which a record goes to another queue.</summary>
internal static class DeadLetters
{
    /// <summary>A segment of the one record, with its own time to live from now on.</summary>
    /// <param name="slice">The record.</param>
    /// <param name="expiresAt">When it would expire; that stays when it is given no other time.</param>
    /// <param name="now">The clock.</param>
    /// <param name="ttl">Its time to live; null keeps what is left.</param>
    /// <param name="hiddenFor">How long it is hidden where it goes: as long as the claim that found it lasts.</param>
    /// <param name="source">The queue that it says it comes from; null says none.</param>
    /// <param name="origin">What a consumer group says of it instead.</param>
    public static ReadOnlyMemory<byte> Encode(
        in BatchSlice slice, RecordTime expiresAt, RecordTime now, TimeSpan? ttl, TimeSpan hiddenFor, string? source, DeadLetterOrigin? origin = null)
    {
        using var writer = new SegmentWriter();
        foreach (var record in slice)
        {
            var fields = new RecordFields
            {
                Key = record.Key,
                Producer = record.Producer,
                Tags = origin?.Replace(record) ?? DeadLetterTag.Replace(record, source),
                ContentType = record.ContentType,
                ContentTypeName = record.ContentTypeName,
                TtlMicros = ttl is { } own ? Micros(own) : expiresAt == RecordTime.Max ? 0 : Math.Max(1, expiresAt.Micros - now.Micros),
                DelayMicros = Micros(hiddenFor),
            };
            writer.Add(fields, record.Body);
        }

        return writer.Finish().ToArray();
    }

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
