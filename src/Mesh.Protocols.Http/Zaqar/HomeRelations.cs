using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The home document: which relation is where, with which methods (Zaqar specification, section 1.13). Only what is served is named.</summary>
internal static class HomeRelations
{
    private const string Queue = ZaqarPaths.Queues + "/{queue_name}";

    private static readonly (string Relation, string Template, string[] Variables, string[] Methods)[] All =
    [
        ("queues", ZaqarPaths.Queues + "{?marker,limit,detailed,name,with_count}", ["marker", "limit", "detailed", "name", "with_count"], ["GET"]),
        ("queue", Queue, ["queue_name"], ["GET", "PUT", "DELETE", "PATCH"]),
        ("queue_stats", Queue + "/stats", ["queue_name"], ["GET"]),
        ("messages", Queue + "/messages{?marker,limit,echo,include_claimed,include_delayed}", ["queue_name", "marker", "limit", "echo", "include_claimed", "include_delayed"], ["GET"]),
        ("post_messages", Queue + "/messages", ["queue_name"], ["POST"]),
        ("messages_delete", Queue + "/messages{?ids,pop}", ["queue_name", "ids", "pop"], ["DELETE"]),
        ("message_get", Queue + "/messages/{message_id}", ["queue_name", "message_id"], ["GET"]),
        ("message_delete", Queue + "/messages/{message_id}{?claim_id}", ["queue_name", "message_id", "claim_id"], ["DELETE"]),
        ("claim", Queue + "/claims/{claim_id}", ["queue_name", "claim_id"], ["GET"]),
        ("post_claim", Queue + "/claims{?limit}", ["queue_name", "limit"], ["POST"]),
        ("patch_claim", Queue + "/claims/{claim_id}", ["queue_name", "claim_id"], ["PATCH"]),
        ("delete_claim", Queue + "/claims/{claim_id}", ["queue_name", "claim_id"], ["DELETE"]),
        ("ping", ZaqarRoute.Prefix + "/ping", [], ["GET"]),
    ];

    public static byte[] ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("resources"u8);
            foreach (var (relation, template, variables, methods) in All) Write(json, relation, template, variables, methods);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string relation, string template, string[] variables, string[] methods)
    {
        json.WriteStartObject($"rel/{relation}");
        json.WriteString("href-template"u8, template);
        json.WriteStartObject("href-vars"u8);
        foreach (var variable in variables) json.WriteString(variable, $"param/{variable}");
        json.WriteEndObject();
        json.WriteStartObject("hints"u8);
        json.WriteStartArray("allow"u8);
        foreach (var method in methods) json.WriteStringValue(method);
        json.WriteEndArray();
        json.WriteStartObject("formats"u8);
        json.WriteStartObject("application/json"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
