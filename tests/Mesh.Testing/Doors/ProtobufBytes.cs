using System.Text;
using Mesh.Frames;

namespace Mesh.Testing.Doors;

/// <summary>The little of protobuf's encoding that the few messages of these tests need.</summary>
internal static class ProtobufBytes
{
    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int number, byte[] bytes) => [.. Number((ulong)((number << 3) | 2)), .. Number((ulong)bytes.Length), .. bytes];

    public static byte[] Field(int number, long value) => [.. Number((ulong)(number << 3)), .. Number((ulong)value)];

    /// <summary>Hands out each field: its number, and its value if it is a number or else its bytes.</summary>
    public static void Walk(byte[] message, Action<int, long, byte[]> take)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint.Read(message, ref at);
            if ((tag & 7) == 0) take((int)(tag >> 3), (long)Varint.Read(message, ref at), []);
            else take((int)(tag >> 3), 0, Varint.ReadBlock(message, ref at).ToArray());
        }
    }

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[Varint.BytesMax];
        return bytes[..Varint.Write(bytes, value)];
    }
}
