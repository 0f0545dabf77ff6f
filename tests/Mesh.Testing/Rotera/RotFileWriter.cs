using System.Buffers.Binary;
using System.Text;

namespace Mesh.Testing.Rotera;

/// <summary>Writes files as the original of rotera does (rotera specification, section 3.1).</summary>
public static class RotFileWriter
{
    private const int HeaderBytes = 4096;
    private const int Slots = 1024;

    /// <param name="path">Where.</param>
    /// <param name="oldest">Id of the first message.</param>
    /// <param name="start">Where its bytes begin within the data; they go on at its start when they reach its end.</param>
    /// <param name="messages">At most 1,022, in ASCII.</param>
    /// <param name="dataBytes">Size of the data.</param>
    /// <returns>The path.</returns>
    public static string Write(string path, long oldest, int start, IReadOnlyList<string> messages, int dataBytes = 4096)
    {
        var bytes = new byte[HeaderBytes + dataBytes + Slots * sizeof(long)];
        ReadOnlySpan<ulong> header = [0xcb242feb29866985, (ulong)oldest, (ulong)(oldest + messages.Count), (ulong)dataBytes, Slots, 64];
        for (var i = 0; i < header.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), header[i]);
        var at = start;
        for (var i = 0; ; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(HeaderBytes + dataBytes + (int)((oldest + i) % Slots) * sizeof(long)), at);
            if (i == messages.Count) break;
            foreach (var letter in Encoding.ASCII.GetBytes(messages[i]))
            {
                bytes[HeaderBytes + at] = letter;
                at = (at + 1) % dataBytes;
            }
        }

        File.WriteAllBytes(path, bytes);
        return path;
    }
}
