using System.Security.Cryptography;

namespace Mesh.Protocols.Http.Zaqar.Signing;

/// <summary>
/// The secret under which URLs are signed: the one that the options name, or else one made once and kept with the data, so that it outlives the process and
/// all servers of one store have the same. Thread-safe.
/// </summary>
internal sealed class SigningSecret(IMesh mesh, ZaqarOptions options)
{
    private const int BytesMade = 32;

    private static readonly StreamName Place = StreamName.Queue("signing-secret", InnerProjects.Settings);

    private volatile byte[]? _known = options.SigningSecret is { Length: > 0 } text ? System.Text.Encoding.UTF8.GetBytes(text) : null;

    /// <exception cref="StorageUnavailableException">It cannot be read or kept.</exception>
    public async ValueTask<byte[]> GetAsync(CancellationToken cancel)
    {
        if (_known is { } known) return known;
        var entry = await mesh.Catalogue.FindAsync(Place, cancel).ConfigureAwait(false);
        if (entry is null)
        {
            // Of two servers that make one at a time the first is kept.
            await mesh.Catalogue.CreateAsync(Place, StreamOptions.Default, RandomNumberGenerator.GetBytes(BytesMade), cancel).ConfigureAwait(false);
            entry = await mesh.Catalogue.FindAsync(Place, cancel).ConfigureAwait(false);
        }

        return _known = entry is { Metadata.Length: > 0 } ? entry.Metadata.ToArray() : throw new StorageUnavailableException("The signing secret was deleted while it was read.");
    }
}
