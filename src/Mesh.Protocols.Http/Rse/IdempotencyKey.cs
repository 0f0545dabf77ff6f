using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse;

/// <summary>
/// Makes a post that is sent again the same post (IETF draft "The Idempotency-Key HTTP Header Field"). A key is its client's own, in one channel.
/// </summary>
internal static class IdempotencyKey
{
    private const string Header = "Idempotency-Key";
    private const int CharsMax = 255;

    public static readonly HttpFailure Invalid = RseAnswers.Refusal($"{Header} must be 1 to {CharsMax} visible ASCII characters, with or without quotes");

    public static readonly HttpFailure UsedForAnother = new(
        StatusCodes.Status422UnprocessableEntity, $"{Header} was used before for another event. Nothing was stored; use a new key for a new event.");

    /// <param name="request">A post.</param>
    /// <param name="channel">Where to.</param>
    /// <param name="uuid">The client.</param>
    /// <param name="id">What the stream knows a repeat by; empty when the client sent no key.</param>
    /// <returns>False when the key is not one.</returns>
    public static bool TryRead(HttpRequest request, ChannelPath channel, string uuid, out ReadOnlyMemory<byte> id)
    {
        id = default;
        if (!request.Headers.TryGetValue(Header, out var values)) return true;
        var key = values.ToString();
        if (key.Length >= 2 && key[0] == '"' && key[^1] == '"') key = key[1..^1];
        if (key.Length is 0 or > CharsMax || key.AsSpan().ContainsAnyExceptInRange('!', '~')) return false;
        id = SHA256.HashData(Encoding.UTF8.GetBytes($"{uuid}\0{channel.Key}\0{key}"));
        return true;
    }
}
