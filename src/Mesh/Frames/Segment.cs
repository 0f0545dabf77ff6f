using System.Buffers.Binary;

namespace Mesh.Frames;

/// <summary>Reads the header of a segment and checks what it says (FORMAT.md, "Segment").</summary>
public static class Segment
{
    /// <summary>Count of records in a segment that <see cref="SegmentWriter"/> made; nothing is checked but the length.</summary>
    public static int CountOf(ReadOnlySpan<byte> segment) =>
        segment.Length > FrameFormat.SegmentHeaderBytes
            ? (int)BinaryPrimitives.ReadUInt32LittleEndian(segment[4..])
            : throw new ArgumentException($"A segment has more than {FrameFormat.SegmentHeaderBytes} bytes; this one has {segment.Length}.", nameof(segment));

    /// <summary>A segment of the records behind the first <paramref name="records"/>, as they are.</summary>
    /// <param name="segment">Made by <see cref="SegmentWriter"/>.</param>
    /// <param name="records">Fewer than it has.</param>
    public static byte[] Skip(ReadOnlySpan<byte> segment, int records)
    {
        var count = CountOf(segment) - records;
        if (count <= 0) throw new ArgumentException($"A segment of {count + records} records has none behind {records}.", nameof(records));
        var at = FrameFormat.SegmentHeaderBytes;
        for (var skipped = 0; skipped < records; skipped++) at += sizeof(uint) + (int)BinaryPrimitives.ReadUInt32LittleEndian(segment[at..]);
        var rest = new byte[FrameFormat.SegmentHeaderBytes + segment.Length - at];
        segment[at..].CopyTo(rest.AsSpan(FrameFormat.SegmentHeaderBytes));
        WriteHeader(rest, count);
        return rest;
    }

    /// <summary>Writes the header of a whole segment whose records stand there already.</summary>
    internal static void WriteHeader(Span<byte> segment, int count)
    {
        var records = segment[FrameFormat.SegmentHeaderBytes..];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, FrameFormat.SegmentMarker);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], (uint)count);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[8..], (uint)records.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[12..], Crc32C.Compute(records));
    }

    /// <summary>Checks one segment whole: marker, lengths, checksum and the count of its records.</summary>
    /// <returns>Bytes of the segment, header included; more may follow it.</returns>
    /// <exception cref="CorruptFrameException">What is wrong with it.</exception>
    public static int Check(ReadOnlySpan<byte> bytes, out int count)
    {
        if (bytes.Length < FrameFormat.SegmentHeaderBytes) throw new CorruptFrameException($"A segment of {bytes.Length} bytes is shorter than its header.");
        var marker = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (marker != FrameFormat.SegmentMarker) throw new CorruptFrameException($"A segment begins with {marker:x8}, not with {FrameFormat.SegmentMarker:x8}.");
        var claimed = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (length > (uint)(bytes.Length - FrameFormat.SegmentHeaderBytes))
            throw new CorruptFrameException($"A segment claims {length} bytes; {bytes.Length - FrameFormat.SegmentHeaderBytes} are there.");
        var records = bytes.Slice(FrameFormat.SegmentHeaderBytes, (int)length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) != Crc32C.Compute(records))
            throw new CorruptFrameException("A segment does not match its checksum.");
        count = CountRecords(records);
        if (count != claimed || count == 0) throw new CorruptFrameException($"A segment claims {claimed} records and holds {count}.");
        return FrameFormat.SegmentHeaderBytes + (int)length;
    }

    private static int CountRecords(ReadOnlySpan<byte> records)
    {
        var count = 0;
        while (!records.IsEmpty)
        {
            if (records.Length < sizeof(uint)) throw new CorruptFrameException("A segment ends within a record's length.");
            var length = BinaryPrimitives.ReadUInt32LittleEndian(records);
            if (length == 0 || length > (uint)(records.Length - sizeof(uint)))
                throw new CorruptFrameException($"A record claims {length} bytes; {records.Length - sizeof(uint)} are left.");
            records = records[(sizeof(uint) + (int)length)..];
            count++;
        }

        return count;
    }
}
