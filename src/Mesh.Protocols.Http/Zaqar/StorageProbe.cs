namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Asks storage something small, so that a database that is away shows.</summary>
internal static class StorageProbe
{
    /// <exception cref="StorageUnavailableException">It does not answer.</exception>
    public static async ValueTask CheckAsync(IMesh mesh, ZaqarRequest request) =>
        await mesh.Catalogue.ListAsync(request.Project, StreamKind.Queue, "", 1, request.Aborted).ConfigureAwait(false);
}
