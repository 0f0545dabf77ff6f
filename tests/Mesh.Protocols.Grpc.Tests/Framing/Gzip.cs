using System.IO.Compression;

namespace Mesh.Protocols.Grpc.Tests.Framing;

internal static class Gzip
{
    public static byte[] Pack(byte[] message)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) packing.Write(message);
        return packed.ToArray();
    }
}
