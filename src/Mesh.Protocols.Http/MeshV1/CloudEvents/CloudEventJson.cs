using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;

namespace Mesh.Protocols.Http.MeshV1.CloudEvents;

/// <summary>Events as JSON (CloudEvents JSON format 1.0.2), one or an array of them.</summary>
internal static class CloudEventJson
{
    public const string MediaType = "application/cloudevents+json";
    public const string BatchMediaType = "application/cloudevents-batch+json";

    private const int EventsMax = 10_000;

    /// <summary>Adds the event, or the events of an array, to a segment.</summary>
    /// <exception cref="V1Refusal">One has the wrong form; says which.</exception>
    public static void AddTo(SegmentWriter segment, AddressedStream stream, JsonElement body, bool isBatch)
    {
        if (!isBatch)
        {
            Add(segment, stream, "", body);
            return;
        }

        if (body.ValueKind != JsonValueKind.Array || body.GetArrayLength() is 0 or > EventsMax) throw V1Refusal.Invalid($"A batch is an array of 1 to {EventsMax} events.");
        for (var i = 0; i < body.GetArrayLength(); i++) Add(segment, stream, $"[{i}].", body[i]);
    }

    public static void Write(Utf8JsonWriter json, in RecordView record, StreamName stream)
    {
        var of = CloudEvent.Of(record, stream);
        json.WriteStartObject();
        json.WriteString("specversion"u8, CloudEvent.SpecVersion);
        foreach (var (name, value) in of.Attributes) json.WriteString(name, value);
        if (of.DataContentType is { } type) json.WriteString("datacontenttype"u8, type);
        if (!record.Body.IsEmpty || of.DataContentType is not null) WriteData(json, record);
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, in RecordView record)
    {
        // Whatever is no JSON and no text is bytes to a reader that knows the format alone.
        var form = BodyForms.Of(record) is BodyForm.Json or BodyForm.Text ? BodyForms.Of(record) : BodyForm.Base64;
        json.WritePropertyName(form == BodyForm.Base64 ? "data_base64"u8 : "data"u8);
        BodyForms.WriteValue(json, form, record.Body);
    }

    private static void Add(SegmentWriter segment, AddressedStream stream, string place, JsonElement source)
    {
        if (source.ValueKind != JsonValueKind.Object) throw V1Refusal.Invalid($"{(place.Length == 0 ? "The body" : place.TrimEnd('.'))} must be an object: an event.");
        var of = new CloudEvent();
        JsonElement? data = null, base64 = null;
        var hasVersion = false;
        foreach (var member in source.EnumerateObject())
        {
            hasVersion |= member.Name == "specversion";
            if (member.Name == "data") data = member.Value;
            else if (member.Name == "data_base64") base64 = member.Value;
            else if (member.Value.ValueKind != JsonValueKind.Null) of.Set(member.Name, Text(place + member.Name, member.Value), place);
        }

        if (!hasVersion) throw V1Refusal.Invalid($"{place}specversion is missing; it must be {CloudEvent.SpecVersion}.");
        if (data is not null && base64 is not null) throw V1Refusal.Invalid($"{place}data and data_base64 exclude each other: give one.");
        var bytes = base64 is { } coded ? Decode(place, coded) : data is { } value ? Bytes(of, value) : [];
        of.ToRecord(place).AddTo(segment, stream, bytes);
    }

    /// <summary>The bytes that a value stands for: JSON, unless the event says that its data is of another type and the value is a string (section 3.1).</summary>
    private static byte[] Bytes(CloudEvent of, JsonElement value)
    {
        of.DataContentType ??= BodyTypes.Json;
        return value.ValueKind == JsonValueKind.String && BodyForms.FormOf(of.DataContentType) != BodyForm.Json
            ? Encoding.UTF8.GetBytes(value.GetString()!)
            : JsonMarshal.GetRawUtf8Value(value).ToArray();
    }

    private static byte[] Decode(string place, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : throw V1Refusal.Invalid($"{place}data_base64 must be a string in base64, with its padding.");

    /// <summary>The canonical text of a value (CloudEvents 1.0.2, "Type System").</summary>
    private static string Text(string place, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number when value.TryGetInt32(out _) => value.GetRawText(),
        _ => throw V1Refusal.Invalid($"{place} must be a string, an integer of 32 bits, true or false; it is {value.GetRawText()}."),
    };
}
