using Mesh.Frames;

namespace Mesh.Engine.Queues;

/// <summary>Gives the log that takes dead letters of a queue.</summary>
public delegate IStreamLog DeadLetterTarget(StreamName queue);

/// <summary>The form in which a record goes to another queue.</summary>
internal static class DeadLetters
{
    /// <summary>A segment of the one record, with its own time to live from now on, hidden for as long as the claim that found it lasts.</summary>
    public static ReadOnlyMemory<byte> Encode(in BatchSlice slice, RecordTime expiresAt, RecordTime now, TimeSpan? ttl, TimeSpan hiddenFor)
    {
        using var writer = new SegmentWriter();
        foreach (var record in slice)
        {
            var fields = new RecordFields
            {
                Key = record.Key,
                Producer = record.Producer,
                Tags = record.Tags,
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
