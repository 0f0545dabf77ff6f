using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http;

/// <summary>The key that makes a request which is sent again the same request (IETF draft "The Idempotency-Key HTTP Header Field").</summary>
internal static class RepeatKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>What is wrong with a header that holds no key.</summary>
    public const string Fault = $"{Header} must be 1 to 255 visible ASCII characters, with or without quotes";

    private const int CharsMax = 255;

    /// <param name="request">That may be a repeat.</param>
    /// <param name="key">Without quotes; null when the client sent none.</param>
    /// <returns>False when the header holds no key.</returns>
    public static bool TryRead(HttpRequest request, out string? key)
    {
        key = null;
        if (!request.Headers.TryGetValue(Header, out var values)) return true;
        key = values.ToString();
        if (key.Length >= 2 && key[0] == '"' && key[^1] == '"') key = key[1..^1];
        return key.Length is > 0 and <= CharsMax && !key.AsSpan().ContainsAnyExceptInRange('!', '~');
    }

    /// <summary>What a stream knows a repeat by.</summary>
    /// <param name="parts">Whose key it is, for what, and the key; none holds a zero character.</param>
    public static byte[] IdOf(params ReadOnlySpan<string> parts) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts)));
}
