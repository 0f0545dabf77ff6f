using System.Text.Json;
using Mesh.Addresses;
using Mesh.Protocols.Http.Bodies;

namespace Mesh.Protocols.Http.MeshV1.Streams;

/// <summary>Streams as clients see them.</summary>
internal static class StreamJson
{
    /// <summary>Writes what the catalogue says of a stream, without closing the object.</summary>
    public static void Begin(Utf8JsonWriter json, StreamEntry entry)
    {
        json.WriteStartObject();
        if (StreamAddress.TryOf(entry.Name, out var address)) json.WriteString("address"u8, address.ToString());
        else json.WriteNull("address"u8);
        json.WriteString("kind"u8, WordOf(entry.Name.Kind));
        json.WriteString("name"u8, entry.Name.Name);
        json.WriteString("project"u8, entry.Name.Project);
        json.WriteNumber("number"u8, entry.Number.Value);
        json.WriteString("created"u8, V1Text.Of(entry.Created));
        OptionFields.Write(json, entry.Options);
        if (entry.Metadata.Length == 0) return;
        if (BodyForms.IsJson(entry.Metadata.Span))
        {
            json.WritePropertyName("metadata"u8);
            json.WriteRawValue(entry.Metadata.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String("metadataBase64"u8, entry.Metadata.Span);
        }
    }

    /// <summary>Writes where a stream stands.</summary>
    public static void WriteState(Utf8JsonWriter json, StreamState state)
    {
        json.WriteNumber("lowWatermark"u8, state.LowWatermark.Value);
        json.WriteNumber("highWatermark"u8, state.HighWatermark.Value);
        json.WriteNumber("records"u8, state.Length);
        if (state.LastTime > RecordTime.None) json.WriteString("lastTime"u8, V1Text.Of(state.LastTime));
        if (state.LastId != RingId.None) json.WriteString("lastId"u8, state.LastId.ToString());
    }

    public static void WriteStats(Utf8JsonWriter json, QueueStats stats)
    {
        json.WriteNumber("claimed"u8, stats.Claimed);
        json.WriteNumber("free"u8, stats.Free);
    }

    /// <summary>A kind as addresses begin with it.</summary>
    public static string WordOf(StreamKind kind) => kind.ToString().ToLowerInvariant();

    /// <returns>Null for another word.</returns>
    public static StreamKind? KindOf(string word)
    {
        foreach (var kind in Enum.GetValues<StreamKind>())
            if (WordOf(kind) == word) return kind;
        return null;
    }
}
