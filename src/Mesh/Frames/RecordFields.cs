using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Mesh.Frames;

/// <summary>Everything of a record to be encoded but its body. An empty span, a zero or a null leaves the field out.</summary>
[SuppressMessage("Design", "CA1051", Justification = "A ref struct of spans is filled in place.")]
public ref struct RecordFields
{
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> Producer;

    /// <summary>Encoded by <see cref="TagsWriter"/>.</summary>
    public ReadOnlySpan<byte> Tags;

    public ContentType ContentType;

    /// <summary>The name of the type when <see cref="ContentType"/> is <see cref="Frames.ContentType.Other"/>; with an empty one the type is left out.</summary>
    public ReadOnlySpan<byte> ContentTypeName;

    /// <summary>Microseconds from the record's time; 0 never expires.</summary>
    public long TtlMicros;

    /// <summary>Microseconds from the record's time; 0 is visible at once.</summary>
    public long DelayMicros;

    /// <summary>Explicit Redis id; null lets the ring give one.</summary>
    public RingId? Id;

    internal readonly int BytesMax =>
        64 + Key.Length + Producer.Length + Tags.Length + ContentTypeName.Length;

    internal readonly int Write(Span<byte> target)
    {
        byte flags = 0;
        var at = 1;
        if (Id is { } id)
        {
            flags |= FrameFormat.FlagRingId;
            BinaryPrimitives.WriteUInt64LittleEndian(target[at..], id.Milliseconds);
            BinaryPrimitives.WriteUInt64LittleEndian(target[(at + 8)..], id.Number);
            at += 16;
        }

        if (TtlMicros > 0)
        {
            flags |= FrameFormat.FlagTtl;
            at += Varint.Write(target[at..], (ulong)TtlMicros);
        }

        if (DelayMicros > 0)
        {
            flags |= FrameFormat.FlagDelay;
            at += Varint.Write(target[at..], (ulong)DelayMicros);
        }

        if (HasContentType)
        {
            flags |= FrameFormat.FlagContentType;
            target[at++] = (byte)ContentType;
            if (ContentType == ContentType.Other) at += WriteBlock(target[at..], ContentTypeName);
        }

        flags |= WriteOptional(target, ref at, Key, FrameFormat.FlagKey);
        flags |= WriteOptional(target, ref at, Producer, FrameFormat.FlagProducer);
        flags |= WriteOptional(target, ref at, Tags, FrameFormat.FlagTags);
        target[0] = flags;
        return at;
    }

    private readonly bool HasContentType =>
        ContentType == ContentType.Other ? !ContentTypeName.IsEmpty : ContentType != ContentType.Bytes;

    private static byte WriteOptional(Span<byte> target, ref int at, ReadOnlySpan<byte> field, byte flag)
    {
        if (field.IsEmpty) return 0;
        at += WriteBlock(target[at..], field);
        return flag;
    }

    private static int WriteBlock(Span<byte> target, ReadOnlySpan<byte> block)
    {
        var length = Varint.Write(target, (ulong)block.Length);
        block.CopyTo(target[length..]);
        return length + block.Length;
    }
}
