using System.Buffers.Binary;

namespace Mesh.Frames;

/// <summary>A run of neighbouring records within one batch, where they lie.</summary>
/// <param name="Batch">The whole batch, checked before.</param>
/// <param name="Offset">Where in the batch the first of them starts: at its length, or at the segment header before it.</param>
/// <param name="Index">Index of the first of them in the batch.</param>
/// <param name="Count">How many; from 1.</param>
public readonly record struct BatchSlice(ReadOnlyMemory<byte> Batch, int Offset, int Index, int Count)
{
    /// <summary>All records of a batch.</summary>
    public static BatchSlice Whole(ReadOnlyMemory<byte> batch, in BatchHeader header) => new(batch, header.HeaderBytes, 0, header.Count);

    public Walker GetEnumerator() => new(this);

    /// <summary>The part of this slice from <paramref name="skip"/> records on, at most <paramref name="take"/> of them.</summary>
    public BatchSlice Part(int skip, int take)
    {
        var bytes = Batch.Span;
        var offset = Offset;
        for (var left = skip; left > 0;)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
            if ((word & 0x8000_0000) == 0)
            {
                offset += sizeof(uint) + (int)word;
                left--;
                continue;
            }

            // A segment that is skipped whole costs one step.
            var count = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[(offset + 4)..]);
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[(offset + 8)..]);
            var whole = count <= left;
            offset += FrameFormat.SegmentHeaderBytes + (whole ? length : 0);
            if (whole) left -= count;
        }

        return new BatchSlice(Batch, offset, Index + skip, Math.Min(take, Count - skip));
    }

    /// <summary>The part of this slice between two sequences, both included; null when nothing of it is.</summary>
    public BatchSlice? Within(Sequence first, Sequence last)
    {
        var from = BatchHeader.Read(Batch.Span).First.Value + Index;
        var skip = Math.Max(0, first.Value - from);
        var take = Math.Min(Count, last == Sequence.Max ? Count : last.Value - from + 1) - skip;
        if (take <= 0) return null;
        return take == Count ? this : Part((int)skip, (int)take);
    }

    /// <summary>The same records in no more bytes than they need: where they are a small part of their batch, its header and they are copied out of it.
    /// What is cut out can be walked and sliced further, but is no whole batch to be checked or stored.</summary>
    public BatchSlice CutOut()
    {
        var batch = BatchHeader.Read(Batch.Span);
        if (Count == batch.Count) return this;
        var header = batch.HeaderBytes;
        var walker = GetEnumerator();
        var end = Offset;
        while (walker.MoveNext()) end = walker.Offset + sizeof(uint) + walker.Length;
        var bytes = header + end - Offset;
        if (bytes > Batch.Length / 4 * 3) return this;
        var copy = new byte[bytes];
        Batch.Span[..header].CopyTo(copy);
        Batch.Span[Offset..end].CopyTo(copy.AsSpan(header));
        return this with { Batch = copy, Offset = header };
    }

    /// <summary>Walks the records of a slice without allocating.</summary>
    public ref struct Walker
    {
        private readonly ReadOnlySpan<byte> _batch;
        private readonly BatchHeader _header;
        private readonly int _end;
        private int _offset;
        private int _index;

        internal Walker(BatchSlice slice)
        {
            _batch = slice.Batch.Span;
            _header = BatchHeader.Read(_batch);
            _offset = slice.Offset;
            _index = slice.Index - 1;
            _end = slice.Index + slice.Count;
            Length = 0;
        }

        public readonly RecordView Current => new(
            _header.First.Plus(_index),
            _header.FirstTime.Plus(_index),
            _header.FirstId is { } id ? id with { Number = id.Number + (ulong)_index } : RingId.None,
            _batch.Slice(_offset + sizeof(uint), Length));

        /// <summary>Offset in the batch of the current record's length.</summary>
        public readonly int Offset => _offset;

        /// <summary>Index in the batch of the current record.</summary>
        public readonly int Index => _index;

        /// <summary>Bytes of the current record after its length.</summary>
        public int Length { get; private set; }

        public bool MoveNext()
        {
            if (++_index >= _end) return false;
            if (Length > 0) _offset += sizeof(uint) + Length;
            var word = BinaryPrimitives.ReadUInt32LittleEndian(_batch[_offset..]);
            if ((word & 0x8000_0000) != 0)
            {
                _offset += FrameFormat.SegmentHeaderBytes;
                word = BinaryPrimitives.ReadUInt32LittleEndian(_batch[_offset..]);
            }

            Length = (int)word;
            return true;
        }
    }
}
