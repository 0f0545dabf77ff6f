using System.Buffers.Binary;

namespace Mesh.Protocols.Rotera.Files;

/// <summary>A file of the original (rotera specification, section 3.1), read and never written. What is staged in it and not committed is not read, as the original forgets it.</summary>
public sealed class RotFile : IDisposable
{
    private const ulong Magic = 0xcb242feb29866985;
    private const int HeaderBytes = 4096;
    private const int EntryBytes = sizeof(long);

    private readonly FileStream _file;
    private readonly long _dataBytes;
    private readonly long _slots;

    private RotFile(FileStream file, long oldest, long next, long dataBytes, long slots)
    {
        _file = file;
        Oldest = oldest;
        Next = next;
        _dataBytes = dataBytes;
        _slots = slots;
    }

    /// <summary>Id of the oldest message there is.</summary>
    public long Oldest { get; }

    /// <summary>Id that the next message would get.</summary>
    public long Next { get; }

    /// <summary>Bytes that its messages may take.</summary>
    public long BytesMax => _dataBytes;

    /// <summary>Messages that it holds at most.</summary>
    public long MessagesMax => _slots - 2;

    /// <exception cref="InvalidDataException">It is no file of rotera, or its size or ids do not fit its header.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static RotFile Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            return Read(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The messages from the oldest to the newest.</summary>
    /// <exception cref="InvalidDataException">The table says of a message what cannot be.</exception>
    public IEnumerable<byte[]> Messages()
    {
        var start = Entry(Oldest);
        for (var id = Oldest; id < Next; id++)
        {
            var end = Entry(id + 1);
            yield return Take(start, (int)(end < start ? end - start + _dataBytes : end - start));
            start = end;
        }
    }

    public void Dispose() => _file.Dispose();

    private static RotFile Read(FileStream file, string path)
    {
        Span<byte> header = stackalloc byte[6 * sizeof(long)];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic)
            throw new InvalidDataException($"{path} is no file of rotera: it does not begin with {Magic:x16}.");
        var words = new long[6];
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadInt64LittleEndian(header[(i * sizeof(long))..]);
        var (oldest, next, bytes, slots) = (words[1], words[2], words[3], words[4]);
        if (bytes is < 1 or > int.MaxValue || slots is < 3 or > int.MaxValue || file.Length != HeaderBytes + bytes + slots * EntryBytes)
            throw new InvalidDataException($"{path} has {file.Length} bytes; for {bytes} bytes of data and {slots} slots it would have {HeaderBytes} + data + {EntryBytes} a slot.");
        if (oldest < 0 || next < oldest || next - oldest >= slots)
            throw new InvalidDataException($"{path} claims the messages {oldest} up to {next}; it has room for {slots - 2}.");
        return new RotFile(file, oldest, next, bytes, slots);
    }

    private long Entry(long id)
    {
        Span<byte> entry = stackalloc byte[EntryBytes];
        ReadAt(HeaderBytes + _dataBytes + id % _slots * EntryBytes, entry);
        var offset = BinaryPrimitives.ReadInt64LittleEndian(entry);
        return offset >= 0 && offset <= _dataBytes
            ? offset
            : throw new InvalidDataException($"{_file.Name} has message {id} at {offset}; its data has {_dataBytes} bytes.");
    }

    /// <summary>A message may run over the end of the data and goes on at its start.</summary>
    private byte[] Take(long start, int length)
    {
        var message = new byte[length];
        var first = (int)Math.Min(length, _dataBytes - start);
        ReadAt(HeaderBytes + start, message.AsSpan(0, first));
        ReadAt(HeaderBytes, message.AsSpan(first));
        return message;
    }

    private void ReadAt(long position, Span<byte> bytes)
    {
        _file.Position = position;
        _file.ReadExactly(bytes);
    }
}
