using System.Buffers;
using System.IO.Compression;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>Inflates messages of the encoding gzip, one after another, into one pooled buffer. Stops at the bound, whatever the message claims. Not thread-safe.</summary>
/// <param name="bytesMax">Largest inflated message accepted, in bytes.</param>
internal sealed class GzipInflater(int bytesMax) : IDisposable
{
    public const string Name = "gzip";

    private const int FirstBytes = 16 * 1024;

    private byte[] _inflated = [];

    /// <returns>The message; good until the next call.</returns>
    /// <exception cref="GrpcException">The bytes are not gzip, or inflate to more than the bound.</exception>
    public ReadOnlySpan<byte> Inflate(ReadOnlySpan<byte> message)
    {
        var packed = ArrayPool<byte>.Shared.Rent(message.Length);
        try
        {
            message.CopyTo(packed);
            using var source = new MemoryStream(packed, 0, message.Length, writable: false);
            using var inflating = new GZipStream(source, CompressionMode.Decompress);
            return ReadAll(inflating);
        }
        catch (InvalidDataException wrong)
        {
            throw new GrpcException(StatusCode.Internal, $"A message is marked as gzip, but does not inflate: {wrong.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    public void Dispose()
    {
        if (_inflated.Length > 0) ArrayPool<byte>.Shared.Return(_inflated);
        _inflated = [];
    }

    private ReadOnlySpan<byte> ReadAll(GZipStream inflating)
    {
        var length = 0;
        while (true)
        {
            if (length == _inflated.Length) Grow(length);
            var read = inflating.Read(_inflated, length, _inflated.Length - length);
            if (read == 0) return _inflated.AsSpan(0, length);
            length += read;
            if (length > bytesMax)
                throw new GrpcException(StatusCode.ResourceExhausted, $"A message may have at most {bytesMax} bytes; this one inflates to more.");
        }
    }

    private void Grow(int length)
    {
        // One byte over the bound is enough to see that the message is too large.
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(bytesMax + 1L, Math.Max(FirstBytes, length * 2L)));
        _inflated.AsSpan(0, length).CopyTo(larger);
        if (_inflated.Length > 0) ArrayPool<byte>.Shared.Return(_inflated);
        _inflated = larger;
    }
}
