using System.Text.Json;
using System.Text.Unicode;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;

namespace Mesh.Protocols.Http.Zaqar.Sealing;

/// <summary>Writes message bodies for clients: opened, and with a checksum where the server shows them. Thread-safe.</summary>
internal sealed class BodyWriter(MessageSeal seal, bool showsChecksums)
{
    private static readonly JsonEncodedText Body = JsonEncodedText.Encode("body");

    /// <summary>Writes the field <c>body</c>, and <c>checksum</c> after it where they are shown.</summary>
    /// <remarks>One that is sealed and cannot be opened is shown as it is, in base64: it is only asked for when it leaves the queue for good.</remarks>
    public void Write(Utf8JsonWriter json, in RecordView record, string project)
    {
        if (record.ContentType == ContentType.Sealed && seal.TryOpen(record, project, out var opened)) Write(json, opened.Type, opened.Plain);
        else Write(json, record.ContentType, record.Body);
    }

    /// <summary>
    /// Leaves out messages that cannot be opened: they stay where they are until the key is back, and nobody takes what is sealed for what was posted.
    /// </summary>
    public QueuePage Readable(QueuePage page, string project)
    {
        List<int>? closed = null;
        var index = 0;
        foreach (var record in page.Records)
        {
            if (record.ContentType == ContentType.Sealed && !seal.TryOpen(record, project, out _)) (closed ??= []).Add(index);
            index++;
        }

        return closed is null ? page : Without(page, closed);
    }

    /// <exception cref="ZaqarRefusal">The page has a message that cannot be opened; says why.</exception>
    public void RequireReadable(QueuePage page, string project)
    {
        foreach (var record in page.Records) seal.RequireOpen(record, project);
    }

    private static QueuePage Without(QueuePage page, List<int> indexes)
    {
        var slices = new List<BatchSlice>();
        var states = new List<QueueRecordState>();
        var index = 0;
        foreach (var slice in page.Records.Slices)
        {
            for (var walker = slice.GetEnumerator(); walker.MoveNext(); index++)
            {
                if (indexes.Contains(index)) continue;
                slices.Add(new BatchSlice(slice.Batch, walker.Offset, walker.Index, 1));
                states.Add(page.States[index]);
            }
        }

        return page with { Records = new RecordPage(slices, page.Records.Next, page.Records.LowWatermark, page.Records.HighWatermark), States = states };
    }

    /// <summary>JSON as it was posted; of what came through another door fields as mesh.v1 shows them, and else a JSON string: its text, or its bytes in base64.</summary>
    private void Write(Utf8JsonWriter json, ContentType type, ReadOnlySpan<byte> body)
    {
        json.WritePropertyName(Body);
        if (type == ContentType.Json) json.WriteRawValue(body, skipInputValidation: true);
        else if (type == ContentType.RespFields && RespFieldsBody.IsText(body)) RespFieldsBody.Write(json, body);
        else if (Utf8.IsValid(body)) json.WriteStringValue(body);
        else json.WriteBase64StringValue(body);
        if (showsChecksums && type == ContentType.Json) json.WriteString("checksum"u8, BodyChecksum.Of(body));
    }
}
