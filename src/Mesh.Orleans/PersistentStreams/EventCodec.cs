using Mesh.Frames;
using Orleans.Serialization;

namespace Mesh.Orleans.PersistentStreams;

/// <summary>Events to records and back: the key is the stream, the body the event in Orleans' serialization, a tag the request context. Thread-safe.</summary>
internal sealed class EventCodec(Serializer serializer)
{
    public Serializer Serializer => serializer;

    private static ReadOnlySpan<byte> ContextTag => "orleans.context"u8;

    /// <summary>One segment, a record for each event; of no events, one record without a body.</summary>
    public ReadOnlyMemory<byte> Encode<T>(StreamId stream, IEnumerable<T> events, Dictionary<string, object>? context)
    {
        var tags = new TagsWriter();
        if (context is { Count: > 0 }) tags.Add(ContextTag, serializer.SerializeToArray(context));
        using var writer = new SegmentWriter();
        var fields = new RecordFields { Key = StreamRecordKey.Of(stream), Tags = tags.Written };
        foreach (var item in events) writer.Add(fields, serializer.SerializeToArray<object?>(item));
        if (writer.Count == 0) writer.Add(fields, []);
        return writer.Finish().ToArray();
    }

    /// <summary>The streams' records of a page, in order; those of other doors are left out.</summary>
    public List<StreamRecord> Decode(RecordPage page, StreamId? only = null)
    {
        var records = new List<StreamRecord>(only is null ? page.Count : 0);
        foreach (var record in page)
        {
            if (!StreamRecordKey.TryParse(record.Key, out var stream) || (only is { } wanted && wanted != stream)) continue;
            TagsReader.TryFind(record.Tags, ContextTag, out var context);
            records.Add(new StreamRecord(stream, record.Sequence, record.Time, record.Body.ToArray(), context.ToArray()));
        }

        return records;
    }
}
