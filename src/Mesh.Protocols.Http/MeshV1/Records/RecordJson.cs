using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>Records as clients see them in JSON; nothing of one is lost.</summary>
internal static class RecordJson
{
    private const int TimeBytes = 27;

    /// <summary>Writes a record as an object.</summary>
    public static void Write(Utf8JsonWriter json, in RecordView record)
    {
        json.WriteStartObject();
        WriteFields(json, record);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of a record's object.</summary>
    public static void WriteFields(Utf8JsonWriter json, in RecordView record)
    {
        Span<byte> time = stackalloc byte[TimeBytes];
        record.Time.ToDateTimeOffset().TryFormat(time, out var written, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        json.WriteNumber("sequence"u8, record.Sequence.Value);
        json.WriteString("time"u8, time[..written]);
        if (record.Id != RingId.None) json.WriteString("id"u8, record.Id.ToString());
        WriteText(json, "key"u8, "keyBase64"u8, record.Key);
        WriteText(json, "producer"u8, "producerBase64"u8, record.Producer);
        WriteTags(json, record.Tags);
        if (record.TtlMicros > 0) json.WriteNumber("ttlSeconds"u8, V1Text.Seconds(record.TtlMicros));
        if (record.DelayMicros > 0) json.WriteNumber("delaySeconds"u8, V1Text.Seconds(record.DelayMicros));
        json.WriteString("contentType"u8, BodyTypes.NameOf(record));
        if (record.ContentType == ContentType.ProtobusEvent) EventFields.WriteTags(json, record.Body);
        var form = BodyForms.Of(record);
        json.WritePropertyName(form == BodyForm.Base64 ? "bodyBase64"u8 : "body"u8);
        BodyForms.WriteValue(json, form, record.Body);
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> base64Name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        if (Utf8.IsValid(value)) json.WriteString(name, value);
        else json.WriteBase64String(base64Name, value);
    }

    /// <summary>Tags as an object where all are text and no name comes twice; else as pairs in base64.</summary>
    private static void WriteTags(Utf8JsonWriter json, ReadOnlySpan<byte> block)
    {
        if (!AreTexts(block))
        {
            json.WriteStartArray("tagsBase64"u8);
            for (var pairs = new TagsReader(block); pairs.MoveNext();)
            {
                json.WriteStartArray();
                json.WriteBase64StringValue(pairs.Name);
                json.WriteBase64StringValue(pairs.Value);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            return;
        }

        json.WriteStartObject("tags"u8);
        for (var tags = new TagsReader(block); tags.MoveNext();) json.WriteString(tags.Name, tags.Value);
        json.WriteEndObject();
    }

    private static bool AreTexts(ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty) return true;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var tags = new TagsReader(block); tags.MoveNext();)
            if (!Utf8.IsValid(tags.Name) || !Utf8.IsValid(tags.Value) || !names.Add(Encoding.UTF8.GetString(tags.Name))) return false;
        return true;
    }
}
