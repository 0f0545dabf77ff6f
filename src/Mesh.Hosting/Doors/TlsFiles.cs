using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mesh.Hosting.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Hosting.Doors;

/// <summary>The certificate that a listener shows, in files of the form PEM.</summary>
/// <param name="Certificate">File of the certificate, and behind it those that lead to its root.</param>
/// <param name="Key">File of its private key.</param>
public sealed record TlsFiles(string Certificate, string Key)
{
    /// <returns>Null when neither file is named.</returns>
    /// <exception cref="OptionException">One is named without the other.</exception>
    public static TlsFiles? Of(string? certificate, string? key) => (certificate, key) switch
    {
        (null, null) => null,
        ({ } one, { } other) => new TlsFiles(one, other),
        _ => throw new OptionException("--grpc-tls-cert and --grpc-tls-key are needed together; give both, or neither."),
    };

    /// <exception cref="OptionException">The files cannot be used; the text says why.</exception>
    internal void Apply(ListenOptions listen)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(Certificate);
            var certificate = X509Certificate2.CreateFromPemFile(Certificate, Key);
            listen.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate, chain));
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException($"--grpc-tls-cert {Certificate} and --grpc-tls-key {Key} cannot be used: {failure.Message} Two files of the form PEM are needed.");
        }
    }
}
