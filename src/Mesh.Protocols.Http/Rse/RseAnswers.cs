using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse;

/// <summary>The answers of RSE other than events (RSE specification, sections 2.4, 2.5, 2.9 and 5).</summary>
internal static class RseAnswers
{
    public const string JsonType = "application/json; charset=utf-8";
    public const string ScriptType = "text/javascript";

    /// <summary>Header of the answer to a post: the id that its event got.</summary>
    public const string EventIdHeader = "X-RSE-Event-Id";

    public static readonly HttpFailure MissingToken = new(StatusCodes.Status401Unauthorized, "Missing header: X-Auth-Token");
    public static readonly HttpFailure UnknownToken = new(StatusCodes.Status401Unauthorized, "The token in X-Auth-Token is not known, or has expired");
    public static readonly HttpFailure MissingUserAgent = Refusal("Missing header: User-Agent");
    public static readonly HttpFailure MissingUuid = Refusal("Missing UUID in User-Agent header");
    public static readonly HttpFailure MissingPostData = Refusal("Missing query parameter: post-data");
    public static readonly HttpFailure InvalidCallback = Refusal("Invalid callback name");
    public static readonly HttpFailure DescendingStream = Refusal("sort=-1 cannot be streamed: events are sent as they come, oldest first");

    public static readonly HttpFailure TooManyWait = new(
        StatusCodes.Status429TooManyRequests, "So many requests wait for events that no more can. Try again later, or ask without waiting.", TimeSpan.FromSeconds(1));

    public static readonly HttpFailure InvalidJson = Refusal("Invalid JSON");

    public static readonly HttpFailure ChannelNameTooLong = Refusal(
        $"A channel's name has at most {ChannelPath.CharsMax} characters and {ChannelPath.SlashesMax} slashes");

    public static HttpFailure NotFound(string path) => new(StatusCodes.Status404NotFound, $"URI not found: {path}");

    /// <summary>A status without a body.</summary>
    public static Task EmptyAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        if (status != StatusCodes.Status204NoContent) response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public static HttpFailure Refusal(string message) => new(StatusCodes.Status400BadRequest, message);

    public static Task TextAsync(HttpResponse response, string contentType, string text) => BytesAsync(response, contentType, Encoding.UTF8.GetBytes(text));

    public static Task BytesAsync(HttpResponse response, string contentType, ReadOnlyMemory<byte> bytes)
    {
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes).AsTask();
    }

    public static Task MethodNotAllowedAsync(HttpContext context, string allow)
    {
        context.Response.Headers.Allow = allow;
        return FailAsync(context.Response, new HttpFailure(StatusCodes.Status405MethodNotAllowed, context.Request.Method));
    }

    public static Task FailAsync(HttpResponse response, HttpFailure failure)
    {
        response.StatusCode = failure.Status;
        if (failure.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return TextAsync(response, JsonType, $$"""{ "message": "{{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(failure.Message)}}" }""");
    }
}
