using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1.OpenApi;

/// <summary>The description of mesh.v1 (OpenAPI 3.1) at <c>/openapi/v1.json</c>, and a page to try it at <c>/openapi</c>. Both are part of the program. Thread-safe.</summary>
public static class OpenApiEndpoint
{
    private static readonly byte[] Description = Load("openapi.json");
    private static readonly byte[] Page = Load("page.html");

    /// <param name="context">The request; its path is what follows <c>/openapi</c>.</param>
    public static async Task HandleAsync(HttpContext context)
    {
        var (type, bytes) = context.Request.Path.Value switch
        {
            "/v1.json" => (V1Answers.JsonType, Description),
            "" or "/" => ("text/html; charset=utf-8", Page),
            _ => ("", []),
        };
        if (bytes.Length == 0)
        {
            await V1Answers.RefuseAsync(context.Response, V1Refusal.NotFound("The description is at /openapi/v1.json, and a page to try it at /openapi/.")).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        context.Response.BodyWriter.Write(bytes);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static byte[] Load(string name)
    {
        using var resource = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(typeof(OpenApiEndpoint), name) ?? throw new InvalidOperationException($"The program lacks its {name}.");
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
