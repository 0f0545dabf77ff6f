using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>One request over a socket, taken apart (Zaqar specification, section 1.16).</summary>
/// <param name="Action">What to do.</param>
/// <param name="Headers">As HTTP's.</param>
/// <param name="Body">The action's parameters.</param>
internal sealed record SocketFrame(string Action, JsonObject Headers, JsonObject Body)
{
    /// <summary>Reads a frame.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="isText">JSON, or else MessagePack.</param>
    /// <returns>The frame, or what is wrong with it.</returns>
    public static (SocketFrame? Frame, SocketAnswer? Error) Parse(ReadOnlySpan<byte> bytes, bool isText)
    {
        JsonNode? node;
        try
        {
            node = isText ? JsonNode.Parse(bytes) : MessagePackCodec.Read(bytes);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException)
        {
            return (null, SocketAnswer.Error(400, $"Can't decode {(isText ? "text (JSON)" : "binary (MessagePack)")} request. {wrong.Message}"));
        }

        if (node is not JsonObject frame) return (null, SocketAnswer.Error(400, "Unexpected body type. Expected dict or dict like."));
        var action = frame["action"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        if (action is null || frame["headers"] is not (null or JsonObject) || frame["body"] is not (null or JsonObject))
            return (null, SocketAnswer.Error(400, "Schema validation failed."));
        return (new SocketFrame(action, frame["headers"] as JsonObject ?? [], frame["body"] as JsonObject ?? []), null);
    }

    /// <summary>Encodes an answer like the request that it is for.</summary>
    public static byte[] Encode(JsonNode answer, bool isText) => isText ? JsonSerializer.SerializeToUtf8Bytes(answer) : MessagePackCodec.Write(answer);

    /// <summary>Puts an answer into its envelope.</summary>
    public JsonObject Envelope(SocketAnswer answer) => new()
    {
        ["request"] = new JsonObject { ["action"] = Action, ["body"] = Body.DeepClone(), ["headers"] = Headers.DeepClone(), ["api"] = "v2" },
        ["body"] = answer.Body,
        ["headers"] = new JsonObject { ["status"] = answer.Status },
    };

    /// <returns>Null when the body does not hold this text.</returns>
    public string? Text(string name) => Body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
