using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Sockets;

/// <summary>Does what a frame asks for by the resources that HTTP has, so that both transports keep the same rules. Thread-safe.</summary>
/// <param name="door">Answers requests.</param>
internal sealed class InnerCall(RequestDelegate door)
{
    /// <param name="frame">Whose headers to send.</param>
    /// <param name="method">Of HTTP.</param>
    /// <param name="path">Below the queues of version 2.</param>
    /// <param name="query">Parameters by name; those without a value are left out.</param>
    /// <param name="body">Null sends none.</param>
    /// <param name="cancel">Ends the call.</param>
    public async Task<SocketAnswer> SendAsync(SocketFrame frame, string method, string path, IEnumerable<KeyValuePair<string, string?>> query, JsonNode? body, CancellationToken cancel)
    {
        var context = Context(frame, method, path, cancel);
        context.Request.QueryString = QueryString.Create(query.Where(each => each.Value is not null));
        if (body is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
            context.Request.Body = new MemoryStream(bytes);
            context.Request.ContentLength = bytes.Length;
        }

        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await door(context).ConfigureAwait(false);
        await context.Response.BodyWriter.FlushAsync(cancel).ConfigureAwait(false);
        var node = answer.Length == 0 ? null : JsonNode.Parse(answer.ToArray());
        var status = context.Response.StatusCode;
        if (status >= 400) return SocketAnswer.Error(status, (string?)node?["description"] ?? (string?)node?["title"] ?? "It failed.");
        if (context.Response.Headers.Location.ToString() is { Length: > 0 } location && node is JsonObject map) map["location"] = location;
        return new SocketAnswer(status, node);
    }

    /// <summary>A request with the frame's headers, to no host.</summary>
    public static DefaultHttpContext Context(SocketFrame frame, string method, string path, CancellationToken cancel)
    {
        var context = new DefaultHttpContext { RequestAborted = cancel };
        context.Request.Method = method;
        context.Request.Path = new PathString($"{ApiVersion.V2.Paths.Queues}{path}");
        foreach (var (name, value) in frame.Headers)
            if (value is JsonValue text && text.TryGetValue(out string? line)) context.Request.Headers[name] = line;
        return context;
    }
}
