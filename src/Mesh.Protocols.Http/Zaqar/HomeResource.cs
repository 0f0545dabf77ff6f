using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>What the server offers: versions, the home document and the ping (Zaqar specification, sections 0 and 1.13). Thread-safe.</summary>
internal sealed class HomeResource(IMesh mesh)
{
    private static readonly byte[] Versions =
        """
        {"versions":[{"id":"2","status":"CURRENT","updated":"2014-9-24T04:06:47Z","media-types":[{"base":"application/json","type":"application/vnd.openstack.messaging-v2+json"}],"links":[{"href":"/v2/","rel":"self"}]}]}
        """u8.ToArray();

    private static readonly byte[] HomeDocument = HomeRelations.ToJson();

    public static Task VersionsAsync(ZaqarRequest request) => SendAsync(request.Response, StatusCodes.Status300MultipleChoices, "application/json", Versions);

    public static Task HomeAsync(ZaqarRequest request)
    {
        request.Response.Headers.CacheControl = "max-age=86400";
        return SendAsync(request.Response, StatusCodes.Status200OK, "application/json-home", HomeDocument);
    }

    /// <summary>Asks storage something small, so that a database that is away shows.</summary>
    public async Task PingAsync(ZaqarRequest request)
    {
        await mesh.Catalogue.ListAsync(request.Project, StreamKind.Queue, "", 1, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private static Task SendAsync(HttpResponse response, int status, string contentType, byte[] body)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }
}
