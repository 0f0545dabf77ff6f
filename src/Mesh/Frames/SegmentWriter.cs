using System.Buffers;
using System.Buffers.Binary;

namespace Mesh.Frames;

/// <summary>
/// Encodes the records of one append, once, in the form that is stored (FORMAT.md, "Segment"). Holds one pooled buffer: reuse it after
/// <see cref="Reset"/>, and dispose of it when done. Not thread-safe.
/// </summary>
public sealed class SegmentWriter(int bytesExpected = 512) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bytesExpected, 64));
    private int _length = FrameFormat.SegmentHeaderBytes;
    private int _recordStart = -1;

    /// <summary>Records written so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes so far, header included.</summary>
    public int Length => _length;

    /// <summary>Adds one whole record.</summary>
    public void Add(in RecordFields fields, ReadOnlySpan<byte> body)
    {
        Begin(fields, body.Length);
        Write(body);
        End();
    }

    /// <summary>Adds one whole record whose body lies in several pieces.</summary>
    public void Add(in RecordFields fields, in ReadOnlySequence<byte> body)
    {
        Begin(fields, checked((int)body.Length));
        foreach (var piece in body) Write(piece.Span);
        End();
    }

    /// <summary>Starts a record; its body follows by <see cref="Write"/>, and <see cref="End"/> closes it.</summary>
    /// <param name="fields">Everything but the body.</param>
    /// <param name="bodyBytesExpected">A hint that saves growing the buffer; may be 0.</param>
    public void Begin(in RecordFields fields, int bodyBytesExpected)
    {
        if (_recordStart >= 0) throw new InvalidOperationException("The record before was not ended.");
        _recordStart = _length;
        Ensure((long)fields.BytesMax + bodyBytesExpected);
        _length += sizeof(uint) + fields.Write(_buffer.AsSpan(_length + sizeof(uint)));
    }

    /// <summary>Appends bytes to the body of the record begun.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void End()
    {
        if (_recordStart < 0) throw new InvalidOperationException("No record was begun.");
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_recordStart), (uint)(_length - _recordStart - sizeof(uint)));
        _recordStart = -1;
        Count++;
    }

    /// <summary>Writes the header and gives the whole segment. Valid until the next <see cref="Reset"/> or <see cref="Dispose"/>.</summary>
    /// <exception cref="InvalidOperationException">No record was added, or one is still open.</exception>
    public ReadOnlyMemory<byte> Finish()
    {
        if (Count == 0) throw new InvalidOperationException("A segment has at least one record.");
        if (_recordStart >= 0) throw new InvalidOperationException("A record is still open.");
        Segment.WriteHeader(_buffer.AsSpan(0, _length), Count);
        return _buffer.AsMemory(0, _length);
    }

    /// <summary>Forgets the records, keeps the buffer.</summary>
    public void Reset()
    {
        _length = FrameFormat.SegmentHeaderBytes;
        _recordStart = -1;
        Count = 0;
    }

    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Ensure(long more)
    {
        var needed = _length + more;
        if (needed > FrameFormat.SegmentBytesMax)
            throw new ArgumentException($"A segment takes at most {FrameFormat.SegmentBytesMax} bytes; this one needs {needed}.");
        if (needed <= _buffer.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max((int)needed, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
