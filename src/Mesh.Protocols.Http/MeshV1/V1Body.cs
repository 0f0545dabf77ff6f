using System.Text.Json;
using Mesh.Protocols.Http.Bodies;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>Bodies of requests.</summary>
internal static class V1Body
{
    private static readonly JsonDocumentOptions Form = new() { MaxDepth = BodyForms.JsonDepthMax + 8 };

    /// <summary>The whole body, as JSON. Dispose of it.</summary>
    /// <param name="request">Whose body.</param>
    /// <param name="bytesMax">At most so many bytes.</param>
    /// <param name="cancel">Ends the wait for more of it.</param>
    /// <returns>Null when there is no body.</returns>
    /// <exception cref="V1Refusal">It is larger, or no JSON.</exception>
    public static async ValueTask<JsonDocument?> ReadJsonAsync(HttpRequest request, int bytesMax, CancellationToken cancel)
    {
        using var body = await RequestBody.ReadAsync(request, bytesMax, TooLarge, cancel).ConfigureAwait(false);
        if (body.IsEmpty) return null;
        if (!System.Text.Unicode.Utf8.IsValid(body.Span)) throw V1Refusal.Invalid("The body is not UTF-8, which JSON is.");
        try
        {
            return JsonDocument.Parse(body.Span.ToArray(), Form);
        }
        catch (JsonException wrong)
        {
            throw V1Refusal.Invalid($"The body is not JSON: {wrong.Message}");
        }
    }

    public static V1Refusal TooLarge(int bytesMax) =>
        new(StatusCodes.Status413PayloadTooLarge, "too-large", $"The body may take at most {bytesMax} bytes. Nothing was stored; send less at once.");
}
