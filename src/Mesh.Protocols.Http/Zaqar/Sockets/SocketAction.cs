using System.Text.Json.Nodes;
using Mesh.Addresses;
using Mesh.Protocols.Http.Zaqar.Addresses;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>Does what one frame asks for (Zaqar specification, section 1.16). Subscribing the socket itself is the session's.</summary>
/// <param name="inner">The resources.</param>
/// <param name="mesh">Says whether a queue is there.</param>
/// <param name="frame">What to do.</param>
/// <param name="cancel">Ends it.</param>
internal sealed class SocketAction(InnerCall inner, IMesh mesh, SocketFrame frame, CancellationToken cancel)
{
    /// <summary>Parameters of frames whose names in a query are others.</summary>
    private static readonly Dictionary<string, string> QueryNames = new() { ["message_ids"] = "ids" };

    public Task<SocketAnswer> DoAsync() => frame.Action switch
    {
        "authenticate" => Task.FromResult(new SocketAnswer(200, new JsonObject { ["message"] = "Authentified." })),
        "queue_list" => AskAsync("GET", "", SocketShapes.Queues, ["marker", "limit", "detailed", "name", "with_count"]),
        _ when frame.Text("queue_name") is { } queue => OfQueueAsync(queue, $"/{Uri.EscapeDataString(queue)}"),
        _ when IsKnown(frame.Action) => Task.FromResult(Invalid()),
        _ => Task.FromResult(NoAction()),
    };

    private Task<SocketAnswer> OfQueueAsync(string queue, string path) => frame.Action switch
    {
        "queue_create" => SayAsync("PUT", path, $"Queue {queue} created.", frame.Body["metadata"]),
        "queue_get" => AskAsync("GET", path, SocketShapes.AsItIs),
        "queue_delete" => SayAsync("DELETE", path, $"Queue {queue} removed."),
        "queue_get_stats" => StatsAsync(queue, path),
        "queue_purge" => SayAsync("POST", $"{path}/purge", $"Queue {queue} purged.", frame.Body.ContainsKey("resource_types") ? Pick("resource_types") : null),
        "message_post" => AskAsync("POST", $"{path}/messages", SocketShapes.Posted, [], Pick("messages")),
        "message_list" => AskAsync("GET", $"{path}/messages", SocketShapes.Messages, ["marker", "limit", "echo", "include_claimed", "include_delayed"]),
        "message_get_many" => AskAsync("GET", $"{path}/messages", SocketShapes.Messages, ["message_ids"]),
        "message_delete_many" => AskAsync("DELETE", $"{path}/messages", SocketShapes.Messages, ["message_ids", "pop"]),
        "claim_create" => AskAsync("POST", $"{path}/claims", SocketShapes.Claimed, ["limit"], Pick("ttl", "grace")),
        "subscription_create" => AskAsync("POST", $"{path}/subscriptions", body => SocketShapes.Subscribed((string)body!["subscription_id"]!, queue), [], Pick("subscriber", "ttl", "options")),
        "subscription_list" => AskAsync("GET", $"{path}/subscriptions", SocketShapes.AsItIs, ["marker", "limit"]),
        _ => OfThingAsync(path),
    };

    private Task<SocketAnswer> OfThingAsync(string path)
    {
        var kind = frame.Action[..Math.Max(0, frame.Action.IndexOf('_', StringComparison.Ordinal))];
        if (frame.Text($"{kind}_id") is not { } id) return Task.FromResult(IsKnown(frame.Action) ? Invalid() : NoAction());
        path = $"{path}/{kind}s/{Uri.EscapeDataString(id)}";
        return frame.Action switch
        {
            "message_get" => AskAsync("GET", path, body => new JsonObject { ["messages"] = SocketShapes.Message(body!) }),
            "message_delete" => SayAsync("DELETE", path, $"Message {id} removed.", null, ["claim_id"]),
            "claim_get" => AskAsync("GET", path, SocketShapes.Claim),
            "claim_update" => SayAsync("PATCH", path, $"Claim {id} updated.", Pick("ttl", "grace")),
            "claim_delete" => SayAsync("DELETE", path, $"Claim {id} removed."),
            "subscription_get" => AskAsync("GET", path, SocketShapes.AsItIs),
            "subscription_delete" => SayAsync("DELETE", path, $"Subscription {id} removed."),
            _ => Task.FromResult(NoAction()),
        };
    }

    /// <summary>Asks a resource, and puts what it answers into the form that sockets have.</summary>
    private async Task<SocketAnswer> AskAsync(string method, string path, Func<JsonNode?, JsonNode?> shape, string[]? parameters = null, JsonNode? body = null)
    {
        var answer = await inner.SendAsync(frame, method, path, Query(parameters ?? []), body, cancel).ConfigureAwait(false);
        return answer.IsGood ? answer with { Body = shape(answer.Body) } : answer;
    }

    /// <summary>Asks a resource, and says in words that it is done.</summary>
    private Task<SocketAnswer> SayAsync(string method, string path, string text, JsonNode? body = null, string[]? parameters = null) =>
        AskAsync(method, path, _ => JsonValue.Create(text), parameters, body);

    /// <summary>The stats of a missing queue are zeros, and say that it is missing.</summary>
    private async Task<SocketAnswer> StatsAsync(string queue, string path)
    {
        var answer = await AskAsync("GET", $"{path}/stats", SocketShapes.AsItIs, ["detailed"]).ConfigureAwait(false);
        var named = QueueAddress.OfText(queue)?.Address;
        if (!answer.IsGood || named is { Kind: not AddressKind.Queue }) return answer;
        var project = frame.Headers.FirstOrDefault(each => each.Key.Equals(RequestRules.ProjectHeader, StringComparison.OrdinalIgnoreCase)).Value;
        var entry = await mesh.Catalogue.FindAsync(StreamName.Queue(named?.Name ?? queue, (string)project!), cancel).ConfigureAwait(false);
        return entry is null ? answer with { Status = 404 } : answer;
    }

    private JsonObject Pick(params string[] names)
    {
        var picked = new JsonObject();
        foreach (var name in names)
            if (frame.Body.TryGetPropertyValue(name, out var value)) picked[name] = value?.DeepClone();
        return picked;
    }

    private IEnumerable<KeyValuePair<string, string?>> Query(string[] parameters) =>
        parameters.Select(name => KeyValuePair.Create(QueryNames.GetValueOrDefault(name, name), TextOf(frame.Body[name])));

    private static string? TextOf(JsonNode? value) => value is JsonArray list ? string.Join(',', list.Select(TextOf)) : value?.ToString();

    private static bool IsKnown(string action) => action.Split('_') is ["queue", "create" or "get" or "delete" or "purge"]
        or ["queue", "get", "stats"] or ["message", "post" or "list" or "get" or "delete"] or ["message", "get" or "delete", "many"]
        or ["claim", "create" or "get" or "update" or "delete"] or ["subscription", "create" or "list" or "get" or "delete"];

    private static SocketAnswer Invalid() => SocketAnswer.Error(400, "Schema validation failed.");

    private SocketAnswer NoAction() => SocketAnswer.Error(400, $"{frame.Action} is not a valid action");
}
