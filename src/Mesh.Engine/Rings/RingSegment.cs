using System.Buffers.Binary;
using Mesh.Frames;

namespace Mesh.Engine.Rings;

/// <summary>Reads the explicit ids of a ring's segment. Its records carry either all of them ids, or none.</summary>
internal static class RingSegment
{
    /// <returns>False when the records carry no ids.</returns>
    /// <exception cref="ArgumentException">Some records carry ids and others do not.</exception>
    public static bool TryReadIds(ReadOnlySpan<byte> segment, out RingId first, out RingId last, out bool ascends)
    {
        first = last = RingId.None;
        ascends = true;
        var with = 0;
        var count = 0;
        for (var at = FrameFormat.SegmentHeaderBytes; at < segment.Length; count++)
        {
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(segment[at..]);
            var record = new RecordView(default, default, default, segment.Slice(at + sizeof(uint), length));
            at += sizeof(uint) + length;
            if (!record.HasExplicitId) continue;
            if (with++ == 0) first = record.Id;
            else ascends &= record.Id > last;
            last = record.Id;
        }

        if (with > 0 && with != count) throw new ArgumentException("Either all records of a segment carry ids, or none.", nameof(segment));
        return with > 0;
    }
}
