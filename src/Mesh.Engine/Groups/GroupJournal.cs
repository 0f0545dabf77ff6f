using System.Buffers;
using System.Text;
using Mesh.Engine.Claims;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>
/// Writes the changes of one <see cref="GroupTable"/> down, and makes them again. Each change is an op code and varints; groups and consumers go by their
/// numbers, times in microseconds, ids as two numbers, the first as the distance from the one before. Not thread-safe.
/// </summary>
/// <param name="writer">Takes the bytes of each change.</param>
internal sealed class GroupJournal(ChangeWriter writer)
{
    private const byte OpGroup = 1;
    private const byte OpGroupGone = 2;
    private const byte OpConsumer = 3;
    private const byte OpConsumerGone = 4;
    private const byte OpDelivered = 5;
    private const byte OpHeld = 6;
    private const byte OpReleased = 7;

    private readonly ArrayBufferWriter<byte> _change = new(128);

    /// <summary>A group was created or moved.</summary>
    public void Group(ConsumerGroup group)
    {
        Begin(OpGroup, group);
        Text(_change, group.Name);
        Cursor(_change, group);
        End();
    }

    public void GroupGone(ConsumerGroup group)
    {
        Begin(OpGroupGone, group);
        End();
    }

    public void Consumer(ConsumerGroup group, GroupConsumer consumer)
    {
        Begin(OpConsumer, group);
        Number(_change, consumer.Number);
        Text(_change, consumer.Name);
        Number(_change, consumer.SeenAt.Micros);
        End();
    }

    public void ConsumerGone(ConsumerGroup group, GroupConsumer consumer)
    {
        Begin(OpConsumerGone, group);
        Number(_change, consumer.Number);
        End();
    }

    /// <summary>The group has moved on, by records handed to a consumer for the first time.</summary>
    /// <param name="group">The group, moved.</param>
    /// <param name="consumer">Who got them.</param>
    /// <param name="at">When.</param>
    /// <param name="runs">Records whose sequences and ids follow one another; none when they are not pending.</param>
    public void Delivered(ConsumerGroup group, GroupConsumer consumer, RecordTime at, List<DeliveredRun> runs)
    {
        Begin(OpDelivered, group);
        Cursor(_change, group);
        Number(_change, consumer.Number);
        Number(_change, at.Micros);
        Number(_change, runs.Count);
        ulong before = 0;
        foreach (var run in runs)
        {
            before = Id(run.First, before);
            Number(_change, run.Sequence.Value);
            Number(_change, run.Count);
        }

        End();
    }

    /// <summary>Entries are pending as these say, all with one consumer and of one time.</summary>
    public void Held(ConsumerGroup group, GroupConsumer consumer, RecordTime at, List<PendingEntry> entries)
    {
        Begin(OpHeld, group);
        Number(_change, consumer.Number);
        Number(_change, consumer.SeenAt.Micros);
        Number(_change, at.Micros);
        Number(_change, entries.Count);
        ulong before = 0;
        foreach (var entry in entries)
        {
            before = Id(entry.Id, before);
            Number(_change, entry.Sequence.Value);
            Number(_change, entry.Deliveries);
        }

        End();
    }

    public void Released(ConsumerGroup group, List<RingId> ids)
    {
        Begin(OpReleased, group);
        Number(_change, ids.Count);
        ulong before = 0;
        foreach (var id in ids) before = Id(id, before);
        End();
    }

    /// <summary>Makes a change that was written before.</summary>
    /// <exception cref="CorruptFrameException">The bytes are no change of this version.</exception>
    public static void Apply(ReadOnlySpan<byte> change, GroupTable table)
    {
        var at = 1;
        var number = (int)Varint.Read(change, ref at);
        switch (change[0])
        {
            case OpGroup:
                var group = table.Restore(number, ReadText(change, ref at));
                ReadCursor(change, ref at, group);
                break;
            case OpGroupGone:
                if (table.Find(number) is { } gone) table.Remove(gone);
                break;
            case OpConsumer:
                var consumer = Known(table, number).Add((int)Varint.Read(change, ref at), ReadText(change, ref at));
                consumer.SeenAt = ReadTime(change, ref at);
                break;
            case OpConsumerGone:
                if (Known(table, number).Find((int)Varint.Read(change, ref at)) is { } left) Known(table, number).Remove(left);
                break;
            case OpDelivered:
                ApplyDelivered(change, at, Known(table, number));
                break;
            case OpHeld:
                ApplyHeld(change, at, Known(table, number));
                break;
            case OpReleased:
                ulong before = 0;
                for (var count = Varint.Read(change, ref at); count > 0; count--) Known(table, number).Release(ReadId(change, ref at, ref before));
                break;
            default:
                throw new CorruptFrameException($"A change of consumer groups has op code {change[0]}, which this program does not know.");
        }
    }

    private static void ApplyDelivered(ReadOnlySpan<byte> change, int at, ConsumerGroup group)
    {
        ReadCursor(change, ref at, group);
        var consumer = Known(group, (int)Varint.Read(change, ref at));
        consumer.SeenAt = consumer.ActiveAt = ReadTime(change, ref at);
        ulong before = 0;
        for (var runs = Varint.Read(change, ref at); runs > 0; runs--)
        {
            var first = ReadId(change, ref at, ref before);
            var sequence = new Sequence((long)Varint.Read(change, ref at));
            var count = (int)Varint.Read(change, ref at);
            for (var i = 0; i < count; i++) group.Hold(new PendingEntry(first.Plus(i), sequence.Plus(i), consumer, consumer.SeenAt, 1));
        }
    }

    private static void ApplyHeld(ReadOnlySpan<byte> change, int at, ConsumerGroup group)
    {
        var consumer = Known(group, (int)Varint.Read(change, ref at));
        consumer.SeenAt = ReadTime(change, ref at);
        var deliveredAt = ReadTime(change, ref at);
        ulong before = 0;
        for (var count = Varint.Read(change, ref at); count > 0; count--)
        {
            consumer.ActiveAt = consumer.SeenAt;
            var id = ReadId(change, ref at, ref before);
            var sequence = new Sequence((long)Varint.Read(change, ref at));
            group.Hold(new PendingEntry(id, sequence, consumer, deliveredAt, (long)Varint.Read(change, ref at)));
        }
    }

    internal static void Number(IBufferWriter<byte> target, long value) => target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), (ulong)value));

    internal static void Text(IBufferWriter<byte> target, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(target, length);
        Encoding.UTF8.GetBytes(text, target.GetSpan(length));
        target.Advance(length);
    }

    internal static string ReadText(ReadOnlySpan<byte> source, ref int at) => Encoding.UTF8.GetString(Varint.ReadBlock(source, ref at));

    internal static RecordTime ReadTime(ReadOnlySpan<byte> source, ref int at) => new((long)Varint.Read(source, ref at));

    internal static ConsumerGroup Known(GroupTable table, int number) =>
        table.Find(number) ?? throw new CorruptFrameException($"A change of consumer groups names group {number}, which does not exist.");

    internal static GroupConsumer Known(ConsumerGroup group, int number) =>
        group.Find(number) ?? throw new CorruptFrameException($"A change of the consumer group {group.Name} names consumer {number}, which does not exist.");

    internal static void ReadCursor(ReadOnlySpan<byte> source, ref int at, ConsumerGroup group)
    {
        group.MoveTo(new RingId(Varint.Read(source, ref at), Varint.Read(source, ref at)), next: null);
        group.EntriesRead = Varint.Read(source, ref at) is > 0 and var read ? (long)read - 1 : null;
    }

    private static RingId ReadId(ReadOnlySpan<byte> source, ref int at, ref ulong before)
    {
        before = unchecked(before + Varint.Read(source, ref at));
        return new RingId(before, Varint.Read(source, ref at));
    }

    private void Begin(byte op, ConsumerGroup group)
    {
        _change.ResetWrittenCount();
        _change.GetSpan(1)[0] = op;
        _change.Advance(1);
        Number(_change, group.Number);
    }

    private void End() => writer(_change.WrittenSpan);

    internal static void Cursor(IBufferWriter<byte> target, ConsumerGroup group)
    {
        GroupSnapshot.Id(target, group.LastId);
        Number(target, group.EntriesRead is { } read ? read + 1 : 0);
    }

    private ulong Id(RingId id, ulong before)
    {
        Number(_change, (long)unchecked(id.Milliseconds - before));
        Number(_change, (long)id.Number);
        return id.Milliseconds;
    }
}

/// <summary>Records whose sequences and ids follow one another.</summary>
internal readonly record struct DeliveredRun(RingId First, Sequence Sequence, int Count);
