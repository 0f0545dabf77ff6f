using System.Text.Unicode;
using Mesh.Frames;
using Mesh.Protocols.Grpc.Framing;

namespace Mesh.Protocols.Grpc.MeshV1;

/// <summary>Writes a stored record as a <c>Record</c> straight from its bytes. Allocates nothing, but for what Redis ids and texts that are no UTF-8 take.</summary>
internal static class RecordMessage
{
    /// <summary>Bytes of a field's tag, all of which are below 16, and of the longest number behind it.</summary>
    private const int NumberBytesMax = 1 + Varint.BytesMax;

    /// <summary>Bytes of a Redis id as text, at the most.</summary>
    private const int IdBytesMax = 41;

    /// <summary>Bytes of the message.</summary>
    public static int Measure(in RecordView record, in RecordClaim claim)
    {
        Span<byte> scratch = stackalloc byte[TimestampField.BytesMax + IdBytesMax];
        var bytes = 1 + Varint.Length((ulong)record.Sequence.Value) + TimestampField.Write(scratch, StoredRecordFields.Time, record.Time);
        bytes += FieldBytes(Utf8.IsValid(record.Key) ? record.Key.Length : Shown(record.Key).Length);
        for (var tags = new TagsReader(record.Tags); tags.MoveNext();) bytes += FieldBytes(EntryBytes(tags.Name, tags.Value));
        bytes += FieldBytes(ContentTypeNames.Of(record).Length) + FieldBytes(Utf8.IsValid(record.Producer) ? record.Producer.Length : Shown(record.Producer).Length);
        if (ExpiresAt(record, claim) is { } expires) bytes += TimestampField.Write(scratch, StoredRecordFields.ExpiresAt, expires);
        bytes += FieldBytes(WriteId(scratch, record.Id));
        if (claim.DeliveryCount > 0) bytes += 1 + Varint.Length((ulong)claim.DeliveryCount);
        return bytes + FieldBytes(record.Body.Length);
    }

    public static void Write(ref OutputWindow output, in RecordView record, in RecordClaim claim)
    {
        Span<byte> scratch = stackalloc byte[TimestampField.BytesMax + IdBytesMax];
        Number(ref output, StoredRecordFields.Sequence, (ulong)record.Sequence.Value);
        output.Write(scratch[..TimestampField.Write(scratch, StoredRecordFields.Time, record.Time)]);
        Bytes(ref output, StoredRecordFields.Key, Utf8.IsValid(record.Key) ? record.Key : Shown(record.Key));
        for (var tags = new TagsReader(record.Tags); tags.MoveNext();) Entry(ref output, tags.Name, tags.Value);
        Bytes(ref output, StoredRecordFields.ContentType, ContentTypeNames.Of(record));
        Bytes(ref output, StoredRecordFields.Producer, Utf8.IsValid(record.Producer) ? record.Producer : Shown(record.Producer));
        if (ExpiresAt(record, claim) is { } expires) output.Write(scratch[..TimestampField.Write(scratch, StoredRecordFields.ExpiresAt, expires)]);
        Bytes(ref output, StoredRecordFields.Id, scratch[..WriteId(scratch, record.Id)]);
        if (claim.DeliveryCount > 0) Number(ref output, StoredRecordFields.DeliveryCount, (ulong)claim.DeliveryCount);
        Bytes(ref output, StoredRecordFields.Body, record.Body);
    }

    /// <summary>Writes a number, zero too.</summary>
    public static void Number(ref OutputWindow output, int field, ulong value)
    {
        Span<byte> bytes = stackalloc byte[NumberBytesMax];
        bytes[0] = (byte)((field << 3) | (int)WireType.Varint);
        output.Write(bytes[..(1 + Varint.Write(bytes[1..], value))]);
    }

    /// <summary>Writes the head of a field of so many bytes.</summary>
    public static void Head(ref OutputWindow output, int field, int length)
    {
        Span<byte> bytes = stackalloc byte[NumberBytesMax];
        bytes[0] = (byte)((field << 3) | (int)WireType.Length);
        output.Write(bytes[..(1 + Varint.Write(bytes[1..], (ulong)length))]);
    }

    /// <summary>Bytes of a field with its head; an empty one is left out.</summary>
    public static int FieldBytes(int bytes) => bytes == 0 ? 0 : 1 + Varint.Length((ulong)bytes) + bytes;

    private static void Bytes(ref OutputWindow output, int field, scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Head(ref output, field, bytes.Length);
        output.Write(bytes);
    }

    private static void Entry(ref OutputWindow output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Head(ref output, StoredRecordFields.Tags, EntryBytes(name, value));
        Bytes(ref output, 1, Utf8.IsValid(name) ? name : Shown(name));
        Bytes(ref output, 2, Utf8.IsValid(value) ? value : Shown(value));
    }

    private static int EntryBytes(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        FieldBytes(Utf8.IsValid(name) ? name.Length : Shown(name).Length) + FieldBytes(Utf8.IsValid(value) ? value.Length : Shown(value).Length);

    /// <summary>When a claim has extended the record's life, that counts.</summary>
    private static RecordTime? ExpiresAt(in RecordView record, in RecordClaim claim)
    {
        var expires = claim.ExpiresAt == RecordTime.None ? record.ExpiresAt : claim.ExpiresAt;
        return expires < Latest ? expires : null;
    }

    /// <summary>The end of the year 9999, beyond which protobuf has no time.</summary>
    private static readonly RecordTime Latest = RecordTime.From(DateTimeOffset.MaxValue);

    private static int WriteId(Span<byte> target, RingId id)
    {
        if (id == RingId.None) return 0;
        System.Buffers.Text.Utf8Formatter.TryFormat(id.Milliseconds, target, out var first);
        target[first] = (byte)'-';
        System.Buffers.Text.Utf8Formatter.TryFormat(id.Number, target[(first + 1)..], out var second);
        return first + 1 + second;
    }

    /// <summary>Bytes that are no text, as protobuf's strings must be: what does not fit is shown as U+FFFD.</summary>
    private static byte[] Shown(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(bytes));
}

/// <summary>What claims say of a record; the default says nothing.</summary>
/// <param name="DeliveryCount">How often it was handed out; 0 is not told.</param>
/// <param name="ExpiresAt">When it expires; <see cref="RecordTime.None"/> leaves what the record says.</param>
internal readonly record struct RecordClaim(int DeliveryCount, RecordTime ExpiresAt);
