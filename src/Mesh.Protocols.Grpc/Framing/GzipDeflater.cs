using System.IO.Compression;

namespace Mesh.Protocols.Grpc.Framing;

/// <summary>Packs messages in the encoding gzip, one after another, into one buffer that is used again. Not thread-safe.</summary>
internal sealed class GzipDeflater : IDisposable
{
    /// <summary>Shorter messages are sent as they are: packing would make most of them longer. In bytes.</summary>
    public const int BytesMin = 256;

    private readonly MemoryStream _packed = new();

    /// <returns>The packed message; good until the next call.</returns>
    public ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> message)
    {
        _packed.SetLength(0);
        using (var packing = new GZipStream(_packed, CompressionLevel.Fastest, leaveOpen: true)) packing.Write(message);
        return _packed.GetBuffer().AsSpan(0, (int)_packed.Length);
    }

    public void Dispose() => _packed.Dispose();
}
