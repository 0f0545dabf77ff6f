using System.Buffers;
using Mesh.Frames;

namespace Mesh.Engine.Log;

/// <summary>
/// A batch that still takes segments. Its places are given from the start, so each record's sequence, time and id are known at once. Begun anew after it was
/// sealed or discarded.
/// </summary>
internal sealed class OpenBatch
{
    private byte[] _segments = [];

    public Sequence First { get; private set; }

    public RecordTime FirstTime { get; private set; }

    public RingId? FirstId { get; private set; }

    public int Count { get; private set; }

    /// <summary>Bytes of the segments.</summary>
    public int Length { get; private set; }

    /// <summary>Rings: a record with an explicit id is in it, so records that want one given must go to the next batch.</summary>
    public bool HasExplicitIds { get; set; }

    public void Begin(Sequence first, RecordTime firstTime, RingId? firstId)
    {
        (First, FirstTime, FirstId) = (first, firstTime, firstId);
        (Count, Length, HasExplicitIds) = (0, 0, false);
        _segments = ArrayPool<byte>.Shared.Rent(512);
    }

    public void Add(ReadOnlySpan<byte> segment, int count)
    {
        if (Length + segment.Length > _segments.Length) Grow(Length + segment.Length);
        segment.CopyTo(_segments.AsSpan(Length));
        Length += segment.Length;
        Count += count;
    }

    /// <summary>Joins the segments behind a header. The batch has ended with that.</summary>
    public byte[] Seal(out BatchHeader header)
    {
        header = new BatchHeader(First, FirstTime, Count, Length, FirstId);
        var bytes = GC.AllocateUninitializedArray<byte>(header.TotalBytes);
        header.Write(bytes);
        _segments.AsSpan(0, Length).CopyTo(bytes.AsSpan(header.HeaderBytes));
        Discard();
        return bytes;
    }

    public void Discard()
    {
        ArrayPool<byte>.Shared.Return(_segments);
        _segments = [];
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _segments.Length * 2));
        _segments.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_segments);
        _segments = larger;
    }
}
