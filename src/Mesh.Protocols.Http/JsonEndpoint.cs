using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http;

/// <summary>What the small JSON interfaces of our own share: rings and rooms.</summary>
internal static class JsonEndpoint
{
    private const int BodyBytesMax = 4096;

    /// <summary>Reads an object from a request's body; an empty body is one that says nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">Of the object.</param>
    /// <param name="example">Shown to who sends something else.</param>
    /// <param name="faultOf">What is wrong with an object; null when nothing is.</param>
    /// <returns>The object, or what is wrong.</returns>
    public static async ValueTask<(T? Value, string? Fault)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, string example, Func<T, string?> faultOf)
        where T : class, new()
    {
        var body = new byte[BodyBytesMax + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        if (length > BodyBytesMax) return (null, $"The body has at most {BodyBytesMax} bytes.");
        if (length == 0) return (new T(), null);
        try
        {
            if (JsonSerializer.Deserialize(body.AsSpan(0, length), type) is not { } value) return (null, "The body is an object.");
            return faultOf(value) is { } fault ? (null, fault) : (value, null);
        }
        catch (JsonException wrong)
        {
            return (null, $"The body is an object such as {example}, each of them optional. {wrong.Message}");
        }
    }

    /// <summary>Serves a request; failures that the door knows become its answer.</summary>
    public static async Task GuardAsync(HttpContext context, Func<Task> serve)
    {
        try
        {
            await serve().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted && ErrorMap.Of(failure) is { } known)
        {
            if (known.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(context, known.Status, known.Message).ConfigureAwait(false);
        }
    }

    public static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Method} means nothing here; allowed are {allowed}.");
    }

    public static Task RefuseAsync(HttpContext context, int status, string error) => WriteAsync(context, status, new EndpointError(error), EndpointJson.Default.EndpointError);

    public static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
    }
}

/// <summary>What went wrong.</summary>
internal sealed record EndpointError(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EndpointError))]
internal sealed partial class EndpointJson : JsonSerializerContext;
