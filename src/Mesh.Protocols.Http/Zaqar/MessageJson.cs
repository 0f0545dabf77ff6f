using System.Text.Json;
using System.Text.Unicode;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>How messages look to clients (Zaqar specification, section 1.4). Clients fail on keys they do not know, so there are no others.</summary>
internal static class MessageJson
{
    /// <summary>Shown for a record of another door that never expires: the longest time that Zaqar's clients know.</summary>
    private const long TtlSecondsOfEternal = 14 * 24 * 3600;

    private static readonly JsonEncodedText Messages = JsonEncodedText.Encode("messages");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Href = JsonEncodedText.Encode("href");
    private static readonly JsonEncodedText Ttl = JsonEncodedText.Encode("ttl");
    private static readonly JsonEncodedText Age = JsonEncodedText.Encode("age");
    private static readonly JsonEncodedText Body = JsonEncodedText.Encode("body");
    private static readonly JsonEncodedText ClaimIdName = JsonEncodedText.Encode("claim_id");
    private static readonly JsonEncodedText ClaimCount = JsonEncodedText.Encode("claim_count");

    /// <summary>Writes <c>"messages":[…]</c>, each with its link.</summary>
    public static void WriteList(Utf8JsonWriter json, string queue, QueuePage page)
    {
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], queue);
        json.WriteStartArray(Messages);
        var index = 0;
        foreach (var record in page.Records) WriteOne(json, path, page, record, page.States[index++]);
        json.WriteEndArray();
    }

    /// <summary>Writes the only message of a page.</summary>
    public static void WriteSingle(Utf8JsonWriter json, string queue, QueuePage page)
    {
        var path = new MessagePath(stackalloc byte[MessagePath.BytesMax], queue);
        foreach (var record in page.Records) WriteOne(json, path, page, record, page.States[0]);
    }

    /// <summary>Writes <c>"messages":[…]</c> of messages that are gone: they have no link.</summary>
    public static void WritePopped(Utf8JsonWriter json, QueuePage page)
    {
        Span<byte> id = stackalloc byte[MessageId.Utf8BytesMax];
        json.WriteStartArray(Messages);
        var index = 0;
        foreach (var record in page.Records)
        {
            var state = page.States[index++];
            json.WriteStartObject();
            json.WriteString(Id, id[..new MessageId(page.Stream!.Value, record.Sequence).Format(id)]);
            json.WriteNull(ClaimIdName);
            json.WriteNumber(ClaimCount, state.DeliveryCount);
            WriteContent(json, page, record, state);
        }

        json.WriteEndArray();
    }

    /// <summary>Whole seconds since a record was posted.</summary>
    public static long AgeSeconds(QueuePage page, in RecordView record) => Math.Max(0, page.Now.Since(record.Time).Ticks / TimeSpan.TicksPerSecond);

    private static void WriteOne(Utf8JsonWriter json, in MessagePath path, QueuePage page, in RecordView record, in QueueRecordState state)
    {
        var id = new MessageId(page.Stream!.Value, record.Sequence);
        Span<byte> text = stackalloc byte[MessageId.Utf8BytesMax];
        json.WriteStartObject();
        json.WriteString(Id, text[..id.Format(text)]);
        json.WriteString(Href, path.Of(id, state.Claim));
        WriteContent(json, page, record, state);
    }

    private static void WriteContent(Utf8JsonWriter json, QueuePage page, in RecordView record, in QueueRecordState state)
    {
        json.WriteNumber(Ttl, TtlSeconds(record, state));
        json.WriteNumber(Age, AgeSeconds(page, record));
        json.WritePropertyName(Body);
        WriteBody(json, record);
        json.WriteEndObject();
    }

    /// <summary>Seconds from the post to the end, as claims may have extended them.</summary>
    private static long TtlSeconds(in RecordView record, in QueueRecordState state) =>
        state.ExpiresAt == RecordTime.Max ? TtlSecondsOfEternal : state.ExpiresAt.Since(record.Time).Ticks / TimeSpan.TicksPerSecond;

    /// <summary>JSON as it was posted; what came through another door as a JSON string: its text, or its bytes in base64.</summary>
    private static void WriteBody(Utf8JsonWriter json, in RecordView record)
    {
        if (record.ContentType == ContentType.Json) json.WriteRawValue(record.Body, skipInputValidation: true);
        else if (Utf8.IsValid(record.Body)) json.WriteStringValue(record.Body);
        else json.WriteBase64StringValue(record.Body);
    }
}
