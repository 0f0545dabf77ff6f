using System.Buffers.Binary;

namespace Mesh.Frames;

/// <summary>One record where it lies: nothing is copied. Valid as long as the bytes of its batch are.</summary>
public readonly ref struct RecordView
{
    private readonly byte _flags;

    /// <param name="sequence">Its place in the stream.</param>
    /// <param name="time">Its time.</param>
    /// <param name="implicitId">Its Redis id unless it carries one.</param>
    /// <param name="record">Its bytes after the length.</param>
    /// <exception cref="CorruptFrameException">The bytes are no record of version 1.</exception>
    public RecordView(Sequence sequence, RecordTime time, RingId implicitId, ReadOnlySpan<byte> record)
    {
        if (record.IsEmpty) throw new CorruptFrameException("A record has at least one byte.");
        Sequence = sequence;
        Time = time;
        Id = implicitId;
        _flags = record[0];
        if ((_flags & FrameFormat.FlagsReserved) != 0) throw new CorruptFrameException($"A record has the reserved flag set ({_flags}).");
        var at = 1;
        if (Has(FrameFormat.FlagRingId))
        {
            if (record.Length < at + 16) throw new CorruptFrameException("A record ends within its id.");
            Id = new RingId(BinaryPrimitives.ReadUInt64LittleEndian(record[at..]), BinaryPrimitives.ReadUInt64LittleEndian(record[(at + 8)..]));
            at += 16;
        }

        if (Has(FrameFormat.FlagTtl)) TtlMicros = ReadMicros(record, ref at);
        if (Has(FrameFormat.FlagDelay)) DelayMicros = ReadMicros(record, ref at);
        ContentType = ContentType.Bytes;
        if (Has(FrameFormat.FlagContentType))
        {
            if (at >= record.Length) throw new CorruptFrameException("A record ends within its content type.");
            ContentType = (ContentType)record[at++];
            if (ContentType == ContentType.Other) ContentTypeName = Varint.ReadBlock(record, ref at);
        }

        if (Has(FrameFormat.FlagKey)) Key = Varint.ReadBlock(record, ref at);
        if (Has(FrameFormat.FlagProducer)) Producer = Varint.ReadBlock(record, ref at);
        if (Has(FrameFormat.FlagTags)) Tags = Varint.ReadBlock(record, ref at);
        Body = record[at..];
    }

    public Sequence Sequence { get; }

    public RecordTime Time { get; }

    /// <summary>Redis id; 0-0 in streams other than rings.</summary>
    public RingId Id { get; }

    public bool HasExplicitId => Has(FrameFormat.FlagRingId);

    public ReadOnlySpan<byte> Key { get; }

    public ReadOnlySpan<byte> Producer { get; }

    /// <summary>Read by <see cref="TagsReader"/>.</summary>
    public ReadOnlySpan<byte> Tags { get; }

    public ContentType ContentType { get; }

    /// <summary>Set when <see cref="ContentType"/> is <see cref="ContentType.Other"/>.</summary>
    public ReadOnlySpan<byte> ContentTypeName { get; }

    /// <summary>0 when the record never expires by itself.</summary>
    public long TtlMicros { get; }

    public long DelayMicros { get; }

    /// <summary>When the record expires; <see cref="RecordTime.Max"/> when it does not.</summary>
    public RecordTime ExpiresAt => TtlMicros == 0 ? RecordTime.Max : After(TtlMicros);

    /// <summary>When the record may first be seen; before every time when it is not delayed, for times may lead the clock.</summary>
    public RecordTime VisibleAt => DelayMicros == 0 ? RecordTime.None : After(DelayMicros);

    public ReadOnlySpan<byte> Body { get; }

    private bool Has(byte flag) => (_flags & flag) != 0;

    /// <summary>A client may name a time that no clock reaches: it stands for the last one there is.</summary>
    private RecordTime After(long micros) => micros > RecordTime.Max.Micros - Time.Micros ? RecordTime.Max : Time.Plus(micros);

    private static long ReadMicros(ReadOnlySpan<byte> record, scoped ref int at)
    {
        var micros = Varint.Read(record, ref at);
        return micros <= long.MaxValue ? (long)micros : throw new CorruptFrameException($"A record claims a time span of {micros} µs, more than 63 bits hold.");
    }
}
