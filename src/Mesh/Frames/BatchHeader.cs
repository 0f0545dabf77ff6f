using System.Buffers.Binary;

namespace Mesh.Frames;

/// <summary>What stands before the segments of a batch (FORMAT.md, "Batch").</summary>
/// <param name="First">Sequence of the first record.</param>
/// <param name="FirstTime">Time of the first record.</param>
/// <param name="Count">Records in all segments.</param>
/// <param name="SegmentBytes">Length of all segments.</param>
/// <param name="FirstId">Redis id of the first record; null in streams other than rings.</param>
public readonly record struct BatchHeader(Sequence First, RecordTime FirstTime, int Count, int SegmentBytes, RingId? FirstId)
{
    public Sequence Last => First.Plus(Count - 1);

    public RecordTime LastTime => FirstTime.Plus(Count - 1);

    /// <summary>Bytes of the header itself, and so where the first segment starts.</summary>
    public int HeaderBytes => FirstId is null ? FrameFormat.BatchHeaderBytes : FrameFormat.BatchHeaderWithIdBytes;

    public int TotalBytes => HeaderBytes + SegmentBytes;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, FrameFormat.BatchMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], FirstId is null ? 0 : FrameFormat.BatchFlagRingId);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], First.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], FirstTime.Micros);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], (uint)Count);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], (uint)SegmentBytes);
        if (FirstId is { } id)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target[32..], id.Milliseconds);
            BinaryPrimitives.WriteUInt64LittleEndian(target[40..], id.Number);
        }

        var checkedBytes = HeaderBytes - sizeof(uint);
        BinaryPrimitives.WriteUInt32LittleEndian(target[checkedBytes..], Crc32C.Compute(target[..checkedBytes]));
    }

    /// <exception cref="CorruptFrameException">The bytes do not begin with a whole, undamaged header of version 1.</exception>
    public static BatchHeader Read(ReadOnlySpan<byte> batch)
    {
        if (batch.Length < FrameFormat.BatchHeaderBytes) throw new CorruptFrameException($"A batch of {batch.Length} bytes is shorter than its header.");
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(batch);
        if (magic != FrameFormat.BatchMagic) throw new CorruptFrameException($"A batch begins with {magic:x8}, not with {FrameFormat.BatchMagic:x8}.");
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(batch[4..]);
        if ((flags & ~FrameFormat.BatchFlagRingId) != 0) throw new CorruptFrameException($"A batch has unknown flags ({flags:x8}).");
        var headerBytes = flags == 0 ? FrameFormat.BatchHeaderBytes : FrameFormat.BatchHeaderWithIdBytes;
        if (batch.Length < headerBytes) throw new CorruptFrameException("A batch ends within its header.");
        var checkedBytes = headerBytes - sizeof(uint);
        if (BinaryPrimitives.ReadUInt32LittleEndian(batch[checkedBytes..]) != Crc32C.Compute(batch[..checkedBytes]))
            throw new CorruptFrameException("The header of a batch does not match its checksum.");
        return new BatchHeader(
            new Sequence(BinaryPrimitives.ReadInt64LittleEndian(batch[8..])),
            new RecordTime(BinaryPrimitives.ReadInt64LittleEndian(batch[16..])),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(batch[24..]),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(batch[28..]),
            flags == 0 ? null : new RingId(BinaryPrimitives.ReadUInt64LittleEndian(batch[32..]), BinaryPrimitives.ReadUInt64LittleEndian(batch[40..])));
    }
}
