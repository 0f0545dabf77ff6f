using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>The home documents: which relation is where, with which methods (Zaqar specification, section 1.13). Only what is served is named.</summary>
internal static class HomeRelations
{
    private const string Queue = "queues/{queue_name}";

    private static readonly ApiVersion[] Later = [ApiVersion.V1_1, ApiVersion.V2];

    /// <summary>Templates are below the version's home; their variables stand in braces.</summary>
    private static readonly (ApiVersion[] Versions, string Relation, string Template, string[] Methods)[] Relations =
    [
        ([ApiVersion.V1, ApiVersion.V1_1], "queues", "queues{?marker,limit,detailed}", ["GET"]),
        ([ApiVersion.V2], "queues", "queues{?marker,limit,detailed,name,with_count}", ["GET"]),
        ([ApiVersion.V1], "queue", Queue, ["GET", "HEAD", "PUT", "DELETE"]),
        ([ApiVersion.V1_1], "queue", Queue, ["GET", "PUT", "DELETE"]),
        ([ApiVersion.V2], "queue", Queue, ["GET", "PUT", "DELETE", "PATCH"]),
        ([ApiVersion.V1], "queue_metadata", Queue + "/metadata", ["GET", "PUT"]),
        (ApiVersion.All, "queue_stats", Queue + "/stats", ["GET"]),
        ([ApiVersion.V1, ApiVersion.V1_1], "messages", Queue + "/messages{?marker,limit,echo,include_claimed}", ["GET"]),
        ([ApiVersion.V2], "messages", Queue + "/messages{?marker,limit,echo,include_claimed,include_delayed}", ["GET"]),
        (ApiVersion.All, "post_messages", Queue + "/messages", ["POST"]),
        ([ApiVersion.V1], "messages_delete", Queue + "/messages{?ids}", ["DELETE"]),
        (Later, "messages_delete", Queue + "/messages{?ids,pop}", ["DELETE"]),
        (ApiVersion.All, "message_get", Queue + "/messages/{message_id}", ["GET"]),
        (ApiVersion.All, "message_delete", Queue + "/messages/{message_id}{?claim_id}", ["DELETE"]),
        (ApiVersion.All, "claim", Queue + "/claims/{claim_id}", ["GET"]),
        (ApiVersion.All, "post_claim", Queue + "/claims{?limit}", ["POST"]),
        (ApiVersion.All, "patch_claim", Queue + "/claims/{claim_id}", ["PATCH"]),
        (ApiVersion.All, "delete_claim", Queue + "/claims/{claim_id}", ["DELETE"]),
        ([ApiVersion.V2], "queue_share", Queue + "/share", ["POST"]),
        ([ApiVersion.V2], "queue_redrive", Queue + "/redrive", ["POST"]),
        ([ApiVersion.V2], "queue_purge", Queue + "/purge", ["POST"]),
        ([ApiVersion.V2], "subscriptions_get", Queue + "/subscriptions{?marker,limit}", ["GET"]),
        ([ApiVersion.V2], "subscriptions_post", Queue + "/subscriptions", ["POST"]),
        ([ApiVersion.V2], "subscription", Queue + "/subscriptions/{subscription_id}", ["GET", "DELETE"]),
        ([ApiVersion.V2], "subscription_patch", Queue + "/subscriptions/{subscription_id}", ["PATCH"]),
        (Later, "ping", "ping", ["GET"]),
        (ApiVersion.All, "health", "health", ["GET"]),
    ];

    /// <summary>What is there only where pools are offered.</summary>
    private static readonly (ApiVersion[] Versions, string Relation, string Template, string[] Methods)[] PoolRelations =
    [
        (ApiVersion.All, "pools", "pools{?marker,limit,detailed}", ["GET"]),
        (ApiVersion.All, "pool", "pools/{pool_name}", ["GET", "PUT", "PATCH", "DELETE"]),
        (Later, "flavors", "flavors{?marker,limit}", ["GET"]),
        (Later, "flavor", "flavors/{flavor_name}", ["GET", "PUT", "PATCH", "DELETE"]),
    ];

    /// <summary>The document of one version.</summary>
    public static byte[] ToJson(ApiVersion version, bool withPools)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("resources"u8);
            foreach (var (versions, relation, template, methods) in withPools ? Relations.Concat(PoolRelations) : Relations)
                if (versions.Contains(version)) Write(json, relation, version.Paths.Home + template, methods);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string relation, string template, string[] methods)
    {
        json.WriteStartObject($"rel/{relation}");
        json.WriteString("href-template"u8, template);
        json.WriteStartObject("href-vars"u8);
        foreach (var variable in Variables(template)) json.WriteString(variable, $"param/{variable}");
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

    private static IEnumerable<string> Variables(string template) =>
        template.Split('{').Skip(1).SelectMany(part => part[..part.IndexOf('}', StringComparison.Ordinal)].TrimStart('?').Split(','));
}
