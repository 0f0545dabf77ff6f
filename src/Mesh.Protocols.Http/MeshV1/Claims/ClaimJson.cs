using System.Text.Json;
using Mesh.Protocols.Http.MeshV1.Records;

namespace Mesh.Protocols.Http.MeshV1.Claims;

/// <summary>Claims and what they hold, as clients see them.</summary>
internal static class ClaimJson
{
    /// <summary>Writes an answer.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="claim">Null when there was nothing to be had.</param>
    /// <param name="visibleAgainAt">When others may have the records; null says nothing.</param>
    /// <param name="records">What it holds.</param>
    /// <param name="deliveryCountOf">How often the record of an index was handed out.</param>
    public static void Write(Utf8JsonWriter json, ClaimId? claim, RecordTime? visibleAgainAt, RecordPage records, Func<int, long> deliveryCountOf)
    {
        json.WriteStartObject();
        if (claim is { } id) json.WriteString("claim"u8, id.ToString());
        else json.WriteNull("claim"u8);
        if (visibleAgainAt is { } time) json.WriteString("visibleAgainAt"u8, V1Text.Of(time));
        WriteRecords(json, records, deliveryCountOf);
        json.WriteEndObject();
    }

    public static void WriteRecords(Utf8JsonWriter json, RecordPage records, Func<int, long> deliveryCountOf)
    {
        json.WriteStartArray("records"u8);
        var index = 0;
        foreach (var record in records)
        {
            json.WriteStartObject();
            RecordJson.WriteFields(json, record);
            json.WriteNumber("deliveryCount"u8, deliveryCountOf(index++));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <exception cref="V1Refusal">It is none.</exception>
    public static ClaimId IdOf(string text) => Guid.TryParseExact(text, "N", out var id) && id != Guid.Empty
        ? new ClaimId(id)
        : throw V1Refusal.Invalid($"A claim's name is what it was answered with, 32 hexadecimal digits; this is '{text}'.");

    public static V1Refusal Gone(string claim) => V1Refusal.NotFound($"There is no claim {claim}; it may have expired or been released, or hold nothing any more.");

    /// <summary>Writes what became of each record.</summary>
    public static void WriteResults<T>(Utf8JsonWriter json, IReadOnlyList<Sequence> sequences, IReadOnlyList<T> results)
        where T : struct, Enum
    {
        json.WriteStartObject();
        json.WriteStartArray("results"u8);
        for (var i = 0; i < sequences.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("sequence"u8, sequences[i].Value);
            json.WriteString("result"u8, JsonNamingPolicy.CamelCase.ConvertName(results[i].ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
