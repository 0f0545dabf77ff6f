using System.Buffers.Binary;
using System.Text;

namespace Mesh.Storage.AdoNet;

/// <summary>How values that no database type fits are stored, in both dialects alike.</summary>
internal static class StoredForm
{
    public const int IdBytes = 16;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A name as UTF-8 bytes: text columns refuse or cut a name with a zero in it, and order by more than code points.</summary>
    public static byte[] OfName(string name) => Utf8.GetBytes(name);

    public static string ToName(byte[] bytes) => Utf8.GetString(bytes);

    /// <summary>16 bytes, big-endian, so that bytes order as ids do.</summary>
    public static byte[] OfId(RingId id)
    {
        var bytes = new byte[IdBytes];
        Write(id, bytes);
        return bytes;
    }

    /// <inheritdoc cref="OfId"/>
    public static void Write(RingId id, Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, id.Milliseconds);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], id.Number);
    }

    public static RingId ToId(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
}
