using System.Buffers;
using System.Buffers.Text;

namespace Mesh.Protocols.Resp.Connections;

/// <summary>Replies being written: bytes in one pooled array, and RESP's own forms. Not thread-safe.</summary>
public sealed class RespBuffer : IDisposable
{
    private const int BytesKept = 64 * 1024;
    private const int NumberBytesMax = 24;

    /// <summary>Mark, two digits and the end of the line: an id has from 3 to 41 characters.</summary>
    private const int IdHeaderBytes = 5;
    private const int IdBytesMax = 2 * NumberBytesMax + IdHeaderBytes;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1024);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Simple(ReadOnlySpan<byte> text) => Line((byte)'+', text);

    /// <param name="text">Error code and message; line ends in it become blanks.</param>
    public void Error(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        bytes.AsSpan().Replace((byte)'\r', (byte)' ');
        bytes.AsSpan().Replace((byte)'\n', (byte)' ');
        Line((byte)'-', bytes);
    }

    public void Integer(long value) => Header((byte)':', value);

    public void ArrayHeader(int count) => Header((byte)'*', count);

    public void PushHeader(int count) => Header((byte)'>', count);

    public void MapHeader(int count) => Header((byte)'%', count);

    public void Bulk(ReadOnlySpan<byte> bytes)
    {
        Header((byte)'$', bytes.Length);
        Raw(bytes);
        Raw("\r\n"u8);
    }

    public void Bulk(string text) => Bulk(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>RESP3's form of text that is shown as it is.</summary>
    public void Verbatim(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Header((byte)'=', bytes.Length + 4);
        Raw("txt:"u8);
        Raw(bytes);
        Raw("\r\n"u8);
    }

    /// <summary>A stream id as a bulk string. It is written where it goes, behind room for its length: ranges write one with each entry.</summary>
    public void Id(in RingId id)
    {
        Ensure(IdBytesMax);
        var target = _bytes.AsSpan(Length);
        var text = target[IdHeaderBytes..];
        Utf8Formatter.TryFormat(id.Milliseconds, text, out var length);
        text[length++] = (byte)'-';
        Utf8Formatter.TryFormat(id.Number, text[length..], out var rest);
        length += rest;
        var header = IdHeaderBytes;
        if (length < 10) text[..length].CopyTo(target[--header..]);
        target[0] = (byte)'$';
        Utf8Formatter.TryFormat(length, target[1..], out _);
        "\r\n"u8.CopyTo(target[(header - 2)..]);
        "\r\n"u8.CopyTo(target[(header + length)..]);
        Length += header + length + 2;
    }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length <= BytesKept) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(1024);
    }

    /// <summary>Takes back what was written last.</summary>
    /// <param name="length">So many bytes stay.</param>
    public void CutTo(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Header(byte mark, long value)
    {
        Ensure(NumberBytesMax);
        _bytes[Length++] = mark;
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var length);
        Length += length;
        _bytes[Length++] = (byte)'\r';
        _bytes[Length++] = (byte)'\n';
    }

    private void Line(byte mark, ReadOnlySpan<byte> text)
    {
        Ensure(text.Length + 3);
        _bytes[Length++] = mark;
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
        _bytes[Length++] = (byte)'\r';
        _bytes[Length++] = (byte)'\n';
    }

    private void Ensure(int more)
    {
        if (Length + more <= _bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + more), _bytes.Length * 2));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
