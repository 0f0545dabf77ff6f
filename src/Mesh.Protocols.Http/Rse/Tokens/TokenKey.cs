using System.Security.Cryptography;
using System.Text;

namespace Mesh.Protocols.Http.Rse.Tokens;

/// <summary>Under which key a store keeps a token (RSE specification, section 4): the prefix and the token; hashed when that is long.</summary>
/// <param name="Prefix">Put before every token; may be empty.</param>
/// <param name="HashedFromChars">A key of this many characters or more is the SHA-512 of its UTF-8 bytes, in upper-case hexadecimal pairs joined by dashes.</param>
internal readonly record struct TokenKey(string Prefix, int HashedFromChars)
{
    public string Of(string token)
    {
        var key = string.Concat(Prefix, token);
        return key.Length < HashedFromChars ? key : BitConverter.ToString(SHA512.HashData(Encoding.UTF8.GetBytes(key)));
    }
}
