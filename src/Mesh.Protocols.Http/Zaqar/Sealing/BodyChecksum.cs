using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Mesh.Protocols.Http.Zaqar.Sealing;

/// <summary>The checksum of a message's body as clients know it: <c>MD5:</c> and the hash of the JSON without the white space between its tokens (Zaqar specification, section 1.4).</summary>
internal static class BodyChecksum
{
    [SuppressMessage("Security", "CA5351", Justification = "Clients compare it to notice accidents; the protocol names the hash.")]
    public static string Of(ReadOnlySpan<byte> json)
    {
        var compact = ArrayPool<byte>.Shared.Rent(json.Length);
        var length = Compact(json, compact);
        var hash = Convert.ToHexStringLower(MD5.HashData(compact.AsSpan(0, length)));
        ArrayPool<byte>.Shared.Return(compact);
        return "MD5:" + hash;
    }

    /// <summary>Copies valid JSON but the white space outside of its strings.</summary>
    private static int Compact(ReadOnlySpan<byte> json, Span<byte> target)
    {
        var length = 0;
        var isText = false;
        for (var at = 0; at < json.Length; at++)
        {
            var next = json[at];
            if (!isText && IsSpace(next)) continue;
            target[length++] = next;
            if (isText && next == '\\') target[length++] = json[++at];
            else if (next == '"') isText = !isText;
        }

        return length;
    }

    private static bool IsSpace(byte next) => next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
