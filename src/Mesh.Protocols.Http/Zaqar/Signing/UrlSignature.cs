using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mesh.Protocols.Http.Zaqar.Signing;

/// <summary>What a pre-signed URL allows (Zaqar specification, section 1.12).</summary>
/// <param name="Paths">Paths, joined by commas.</param>
/// <param name="Methods">Methods, joined by commas.</param>
/// <param name="Project">Whose queues.</param>
/// <param name="Expires">When it ends, as text of <see cref="TimeForm"/> or of another ISO form.</param>
internal sealed record UrlSignature(string Paths, string Methods, string Project, string Expires)
{
    public const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss";

    /// <summary>The parts are joined by these two characters, not by a line break: clients sign it so.</summary>
    private const string Separator = @"\n";

    /// <summary>The signature, in lower-case hexadecimal digits.</summary>
    public string Sign(ReadOnlySpan<byte> secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(string.Join(Separator, Paths, Methods, Project, Expires))));

    /// <summary>Takes the same time whatever the text is; an empty one is as wrong as any.</summary>
    public bool IsSignedBy(string signature, ReadOnlySpan<byte> secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(secret)));

    /// <summary>Reads a time that is UTC unless it says otherwise.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
