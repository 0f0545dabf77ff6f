using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Mesh.Addresses;
using Mesh.Frames;
using Mesh.Protocols.Http.Bodies;

namespace Mesh.Protocols.Http.MeshV1.Records;

/// <summary>Records posted together, in the form in which reads show them: <c>{"records":[{"key":…,"tags":{…},"contentType":…,"body":…}]}</c>.</summary>
internal static class PostedRecords
{
    public const string MediaType = "application/vnd.mesh.records+json";
    public const int RecordsMax = 10_000;

    private const string Known = "key, producer, tags, contentType, body, bodyBase64, ttlSeconds, delaySeconds and id";

    /// <summary>Adds the records of a body to a segment.</summary>
    /// <exception cref="V1Refusal">One has the wrong form; says which.</exception>
    public static void AddTo(SegmentWriter segment, AddressedStream stream, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("records", out var records) || records.ValueKind != JsonValueKind.Array || body.EnumerateObject().Count() != 1)
            throw V1Refusal.Invalid("""The body is an object such as {"records":[{"key":"a","body":{}}]}.""");
        var count = records.GetArrayLength();
        if (count is 0 or > RecordsMax) throw V1Refusal.Invalid($"records has 1 to {RecordsMax} records; it has {count}.");
        var withIds = records.EnumerateArray().Count(record => record.ValueKind == JsonValueKind.Object && record.TryGetProperty("id", out _));
        if (withIds != 0 && withIds != count) throw V1Refusal.Invalid($"Either all records posted together have an id, or none; of these {withIds} of {count} have.");
        for (var i = 0; i < count; i++) Add(segment, stream, $"records[{i}].", records[i]);
    }

    private static void Add(SegmentWriter segment, AddressedStream stream, string place, JsonElement source)
    {
        if (source.ValueKind != JsonValueKind.Object) throw V1Refusal.Invalid($"{place.TrimEnd('.')} must be an object; it is {Kind(source)}.");
        var record = new NewRecord { Place = place };
        JsonElement? body = null, base64 = null;
        foreach (var member in source.EnumerateObject())
        {
            switch (member.Name)
            {
                case "body": body = member.Value; break;
                case "bodyBase64": base64 = member.Value; break;
                default: Take(record, member); break;
            }
        }

        if (body is not null && base64 is not null) throw V1Refusal.Invalid($"{place}body and bodyBase64 exclude each other: give one.");
        if (base64 is { } coded) record.AddTo(segment, stream, Bytes(place, coded));
        else if (body is { } value) AddValue(segment, stream, record, value);
        else record.AddTo(segment, stream, []);
    }

    private static void Take(NewRecord record, JsonProperty member)
    {
        var place = record.Place + member.Name;
        switch (member.Name)
        {
            case "key": record.Key = Encoding.UTF8.GetBytes(Text(place, member.Value)); break;
            case "producer": record.Producer = Encoding.UTF8.GetBytes(Text(place, member.Value)); break;
            case "contentType": record.ContentType = Text(place, member.Value); break;
            case "ttlSeconds": record.TtlMicros = Micros(place, member.Value); break;
            case "delaySeconds": record.DelayMicros = Micros(place, member.Value); break;
            case "id": record.Id = IdText.Parse(place, Text(place, member.Value)); break;
            case "tags" when member.Value.ValueKind == JsonValueKind.Object:
                foreach (var tag in member.Value.EnumerateObject()) record.Tags.Add(Encoding.UTF8.GetBytes(tag.Name), Encoding.UTF8.GetBytes(Text($"{place}.{tag.Name}", tag.Value)));
                break;
            case "tags": throw V1Refusal.Invalid($"{place} must be an object of strings; it is {Kind(member.Value)}.");
            default: throw V1Refusal.Invalid($"{place} is unknown; a record has {Known}.");
        }
    }

    /// <summary>Stores a body given as a value, in the bytes that its type means; without a type it is JSON.</summary>
    private static void AddValue(SegmentWriter segment, AddressedStream stream, NewRecord record, JsonElement value)
    {
        if (record.ContentType.Length == 0) record.ContentType = BodyTypes.Json;
        switch (BodyForms.FormOf(record.ContentType))
        {
            case BodyForm.Json:
                record.AddTo(segment, stream, JsonMarshal.GetRawUtf8Value(value));
                break;
            case BodyForm.Text when value.ValueKind == JsonValueKind.String:
                record.AddTo(segment, stream, Encoding.UTF8.GetBytes(Text(record.Place + "body", value)));
                break;
            case BodyForm.Fields when RespFieldsBody.Encode(value) is { } fields:
                record.AddTo(segment, stream, fields);
                break;
            case BodyForm.Text:
                throw V1Refusal.Invalid($"{record.Place}body of the type {record.ContentType} must be a string; it is {Kind(value)}.");
            case BodyForm.Fields:
                throw V1Refusal.Invalid($"{record.Place}body of the type {record.ContentType} must be an object of strings, or an array of field and value in turn.");
            default:
                throw V1Refusal.Invalid($"{record.Place}body of the type {record.ContentType} must be given as bodyBase64.");
        }
    }

    private static byte[] Bytes(string place, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : throw V1Refusal.Invalid($"{place}bodyBase64 must be a string in base64, with its padding.");

    private static long Micros(string place, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var seconds) && V1Text.Micros(seconds) is { } micros
            ? micros
            : throw V1Refusal.Invalid($"{place} must be a number of seconds above 0, with up to six decimals; it is {value.GetRawText()}.");

    private static string Text(string place, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) throw V1Refusal.Invalid($"{place} must be a string; it is {Kind(value)}.");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw V1Refusal.Invalid($"{place} holds half a surrogate pair, which is no text.");
        }
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
