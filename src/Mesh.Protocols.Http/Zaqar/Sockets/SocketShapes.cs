using System.Text.Json.Nodes;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>How answers look over sockets, where there are no links: made of what HTTP answers (Zaqar specification, section 1.16).</summary>
internal static class SocketShapes
{
    private const string ClaimMark = "?claim_id=";

    public static JsonNode? AsItIs(JsonNode? body)
    {
        if (body is JsonObject map) map.Remove("links");
        return body;
    }

    public static JsonNode? Queues(JsonNode? body)
    {
        foreach (var queue in body!["queues"]!.AsArray()) queue!.AsObject().Remove("href");
        return AsItIs(body);
    }

    public static JsonNode? Posted(JsonNode? body) => new JsonObject { ["message_ids"] = List(body!["resources"]!, each => LastOf((string)each!)) };

    /// <summary>An empty answer, such as that to a deletion, stays empty.</summary>
    public static JsonNode? Messages(JsonNode? body) => body is null ? null : new JsonObject { ["messages"] = List(body["messages"]!, each => Message(each!)) };

    public static JsonNode? Claimed(JsonNode? body)
    {
        if (body is null) return new JsonObject { ["claim_id"] = null };
        return new JsonObject { ["claim_id"] = LastOf((string)body["location"]!), ["messages"] = List(body["messages"]!, each => Message(each!)) };
    }

    public static JsonNode? Claim(JsonNode? body) => new JsonObject
    {
        ["age"] = body!["age"]!.DeepClone(),
        ["ttl"] = body["ttl"]!.DeepClone(),
        ["messages"] = List(body["messages"]!, each => Message(each!)),
    };

    public static JsonObject Message(JsonNode message)
    {
        var href = (string?)message["href"] ?? "";
        var claim = href.IndexOf(ClaimMark, StringComparison.Ordinal);
        return new JsonObject
        {
            ["id"] = message["id"]!.DeepClone(),
            ["claim_id"] = claim < 0 ? null : href[(claim + ClaimMark.Length)..],
            ["ttl"] = message["ttl"]!.DeepClone(),
            ["age"] = message["age"]!.DeepClone(),
            ["body"] = message["body"]?.DeepClone(),
        };
    }

    public static JsonObject Subscribed(string id, string queue) => new() { ["subscription_id"] = id, ["message"] = $"Subscription to {queue} created." };

    private static JsonArray List(JsonNode list, Func<JsonNode?, JsonNode?> shape) => new([.. list.AsArray().Select(shape)]);

    private static string LastOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
