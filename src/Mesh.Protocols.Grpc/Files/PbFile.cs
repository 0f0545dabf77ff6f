using System.Buffers.Binary;

namespace Mesh.Protocols.Grpc.Files;

/// <summary>
/// A store file of protobus-server: events one after another, each behind its length as an unsigned 32-bit little-endian number (protobus specification, 2.6). A crash may
/// have cut the last one short. One reader at a time.
/// </summary>
public sealed class PbFile : IDisposable
{
    /// <summary>Largest event taken, in bytes.</summary>
    public const int EventBytesMax = 16 * 1024 * 1024;

    internal const int LengthBytes = sizeof(uint);

    private readonly FileStream _file;

    private PbFile(FileStream file) => _file = file;

    /// <summary>Its name without the folder.</summary>
    public string Name => Path.GetFileName(_file.Name);

    public long Length => _file.Length;

    /// <summary>How many bytes at the end are no whole event. Known when <see cref="Events"/> has come to its end.</summary>
    public long TornBytes { get; private set; }

    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static PbFile Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1024 * 1024));

    /// <summary>The events from the start, each with the offset behind it.</summary>
    /// <exception cref="InvalidDataException">A length is more than <see cref="EventBytesMax"/>.</exception>
    public IEnumerable<(byte[] Event, long End)> Events()
    {
        _file.Position = 0;
        var head = new byte[LengthBytes];
        for (long at = 0; ;)
        {
            var read = _file.ReadAtLeast(head, LengthBytes, throwOnEndOfStream: false);
            var length = read == LengthBytes ? BinaryPrimitives.ReadUInt32LittleEndian(head) : 0;
            if (length > EventBytesMax)
                throw new InvalidDataException($"{Name}: at {at} stands an event of {length} bytes, which is more than {EventBytesMax}. What was before it is imported; it is no file of protobus-server, or damaged.");
            if (read < LengthBytes || _file.Length - at - LengthBytes < length)
            {
                TornBytes = _file.Length - at;
                yield break;
            }

            var message = new byte[length];
            _file.ReadExactly(message);
            at += LengthBytes + length;
            yield return (message, at);
        }
    }

    public void Dispose() => _file.Dispose();
}
