using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Mesh.Frames;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Sealing;

/// <summary>
/// Seals message bodies before they are stored and opens them before they are shown (Zaqar specification, section 1.14). A body is bound to its project, not to its
/// place, so that it can still be opened as a dead letter. Thread-safe.
/// </summary>
/// <param name="secrets">The first seals, all of them open.</param>
/// <param name="report">Hears, once for each key that is not here, of a body that cannot be opened.</param>
internal sealed class MessageSeal(IEnumerable<byte[]> secrets, Action<string> report)
{
    /// <summary>Keys remembered as reported; beyond it nothing more is reported.</summary>
    private const int ReportedMax = 1000;

    private readonly MessageKey[] _keys = [.. secrets.Select(secret => new MessageKey(secret))];
    private readonly ConcurrentDictionary<ulong, bool> _reported = [];

    /// <summary>False without a key.</summary>
    public bool CanSeal => _keys.Length > 0;

    /// <exception cref="ZaqarRefusal">There is no key.</exception>
    public byte[] Seal(ContentType type, ReadOnlySpan<byte> plain, string project)
    {
        if (!CanSeal) throw Unavailable("The queue encrypts its messages, and this server has no key for that; give it zaqar-message-keys.");
        var key = _keys[0];
        var body = new byte[SealedBody.HeadBytes + plain.Length];
        SealedBody.WriteName(body, type, key.Id);
        RandomNumberGenerator.Fill(SealedBody.Nonce(body.AsSpan()));
        key.Seal(SealedBody.Nonce(body.AsSpan()), plain, SealedBody.Cipher(body.AsSpan()), SealedBody.Tag(body.AsSpan()), Around(body, project));
        return body;
    }

    /// <param name="record">Its content type is <see cref="ContentType.Sealed"/>.</param>
    /// <param name="project">That it was sealed in.</param>
    /// <param name="opened">What was sealed, and its type.</param>
    /// <returns>False when its key is not here, or the bytes are not what was sealed.</returns>
    public bool TryOpen(in RecordView record, string project, out (ContentType Type, byte[] Plain) opened)
    {
        var body = record.Body;
        opened = default;
        if (WhyNot(record, project, ref opened) is not { } reason) return true;
        if (_reported.Count < ReportedMax && _reported.TryAdd(body.Length < SealedBody.HeadBytes ? 0 : SealedBody.KeyId(body), true)) report(reason);
        return false;
    }

    /// <summary>As the other, for who asks for just this message.</summary>
    /// <exception cref="ZaqarRefusal">It cannot be opened; says why.</exception>
    public void RequireOpen(in RecordView record, string project)
    {
        var opened = default((ContentType, byte[]));
        if (record.ContentType == ContentType.Sealed && WhyNot(record, project, ref opened) is { } reason) throw Unavailable(reason);
    }

    /// <returns>Why it cannot be opened; null when it is.</returns>
    private string? WhyNot(in RecordView record, string project, ref (ContentType Type, byte[] Plain) opened)
    {
        var body = record.Body;
        if (body.Length < SealedBody.HeadBytes || body[0] != SealedBody.Version)
            return $"Message {record.Sequence.Value} is encrypted in a form that this server does not know.";
        var id = SealedBody.KeyId(body);
        if (Array.Find(_keys, each => each.Id == id) is not { } key)
            return $"Message {record.Sequence.Value} is encrypted under the key {id:x16}, which this server does not have; give it back among zaqar-message-keys.";
        var plain = new byte[body.Length - SealedBody.HeadBytes];
        try
        {
            key.Open(SealedBody.Nonce(body), SealedBody.Cipher(body), SealedBody.Tag(body), plain, Around(body, project));
        }
        catch (AuthenticationTagMismatchException)
        {
            return $"Message {record.Sequence.Value} is not what was encrypted under the key {id:x16}: its stored bytes have been changed, or are another project's.";
        }

        opened = (SealedBody.Inside(body), plain);
        return null;
    }

    private static byte[] Around(ReadOnlySpan<byte> body, string project) => [.. SealedBody.Named(body), .. Encoding.UTF8.GetBytes(project)];

    private static ZaqarRefusal Unavailable(string description) => new(StatusCodes.Status503ServiceUnavailable, "Service temporarily unavailable", description);
}
