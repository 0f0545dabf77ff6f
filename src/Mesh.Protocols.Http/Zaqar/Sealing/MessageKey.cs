using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace Mesh.Protocols.Http.Zaqar.Sealing;

/// <summary>One key that seals message bodies with AES-256-GCM. Nonces are random: change the key before it has sealed 2^32 messages. Thread-safe.</summary>
internal sealed class MessageKey
{
    private readonly ObjectPool<AesGcm> _ciphers; // a cipher is one thread's at a time

    /// <param name="secret">32 bytes of a random source.</param>
    public MessageKey(byte[] secret)
    {
        Id = BinaryPrimitives.ReadUInt64LittleEndian(HMACSHA256.HashData(secret, "mesh message key id"u8));
        _ciphers = new DefaultObjectPool<AesGcm>(new CipherPolicy(secret));
    }

    /// <summary>Follows from the secret, and does not tell it.</summary>
    public ulong Id { get; }

    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> cipher, Span<byte> tag, ReadOnlySpan<byte> around)
    {
        var aes = _ciphers.Get();
        aes.Encrypt(nonce, plain, cipher, tag, around);
        _ciphers.Return(aes);
    }

    /// <exception cref="AuthenticationTagMismatchException">The bytes are not what was sealed.</exception>
    public void Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> tag, Span<byte> plain, ReadOnlySpan<byte> around)
    {
        var aes = _ciphers.Get();
        aes.Decrypt(nonce, cipher, tag, plain, around);
        _ciphers.Return(aes);
    }

    private sealed class CipherPolicy(byte[] secret) : PooledObjectPolicy<AesGcm>
    {
        public override AesGcm Create() => new(secret, SealedBody.TagBytes);

        public override bool Return(AesGcm obj) => true;
    }
}
