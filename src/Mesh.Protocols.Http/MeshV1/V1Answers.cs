using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>Answers in JSON, and problems (RFC 9457).</summary>
internal static class V1Answers
{
    public const string JsonType = "application/json";

    private const string ProblemType = "application/problem+json";
    private const string ProblemPrefix = "urn:mesh:problem:";

    public static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="response">Of the request.</param>
    /// <param name="status">HTTP status code.</param>
    /// <param name="write">Writes the whole answer.</param>
    public static async Task SendAsync(HttpResponse response, int status, Action<Utf8JsonWriter> write)
    {
        response.StatusCode = status;
        response.ContentType = JsonType;
        using var json = new Utf8JsonWriter(response.BodyWriter, Form);
        write(json);
        json.Flush();
        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted).ConfigureAwait(false);
    }

    public static Task EmptyAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    public static async Task RefuseAsync(HttpResponse response, V1Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait) response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        response.StatusCode = refusal.Status;
        response.ContentType = ProblemType;
        using var json = new Utf8JsonWriter(response.BodyWriter, Form);
        json.WriteStartObject();
        json.WriteString("type"u8, ProblemPrefix + refusal.Problem);
        json.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(refusal.Status));
        json.WriteNumber("status"u8, refusal.Status);
        json.WriteString("detail"u8, refusal.Message);
        json.WriteEndObject();
        json.Flush();
        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted).ConfigureAwait(false);
    }
}
