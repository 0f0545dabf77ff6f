using System.Buffers;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>
/// The written form of all groups of a stream: for each its number, name, last id, entries read (plus one; 0 for unknown), consumers (number, name, seen,
/// active), then pending entries (id, sequence, consumer, time, deliveries). All numbers are varints, names counted bytes.
/// </summary>
internal static class GroupSnapshot
{
    public static void Write(IBufferWriter<byte> target, IReadOnlyCollection<ConsumerGroup> groups)
    {
        GroupJournal.Number(target, groups.Count);
        foreach (var group in groups)
        {
            GroupJournal.Number(target, group.Number);
            GroupJournal.Text(target, group.Name);
            Id(target, group.LastId);
            GroupJournal.Number(target, group.EntriesRead is { } read ? read + 1 : 0);
            GroupJournal.Number(target, group.ConsumerCount);
            foreach (var consumer in group.Consumers)
            {
                GroupJournal.Number(target, consumer.Number);
                GroupJournal.Text(target, consumer.Name);
                GroupJournal.Number(target, consumer.SeenAt.Micros);
                GroupJournal.Number(target, consumer.ActiveAt.Micros);
            }

            GroupJournal.Number(target, group.Pending.Count);
            foreach (var entry in group.Pending.From(RingId.None))
            {
                Id(target, entry.Id);
                GroupJournal.Number(target, entry.Sequence.Value);
                GroupJournal.Number(target, entry.Consumer.Number);
                GroupJournal.Number(target, entry.DeliveredAt.Micros);
                GroupJournal.Number(target, entry.Deliveries);
            }
        }
    }

    public static void Read(ReadOnlySpan<byte> source, GroupTable table)
    {
        var at = 0;
        for (var groups = Varint.Read(source, ref at); groups > 0; groups--)
        {
            var group = table.Restore((int)Varint.Read(source, ref at), GroupJournal.ReadText(source, ref at));
            group.MoveTo(ReadId(source, ref at), next: null);
            group.EntriesRead = Varint.Read(source, ref at) is > 0 and var read ? (long)read - 1 : null;
            for (var consumers = Varint.Read(source, ref at); consumers > 0; consumers--)
            {
                var consumer = group.Add((int)Varint.Read(source, ref at), GroupJournal.ReadText(source, ref at));
                consumer.SeenAt = GroupJournal.ReadTime(source, ref at);
                consumer.ActiveAt = GroupJournal.ReadTime(source, ref at);
            }

            for (var pending = Varint.Read(source, ref at); pending > 0; pending--)
            {
                var id = ReadId(source, ref at);
                var sequence = new Sequence((long)Varint.Read(source, ref at));
                var number = (int)Varint.Read(source, ref at);
                var consumer = group.Find(number) ?? throw new CorruptFrameException($"A snapshot of the group {group.Name} names consumer {number}, which it does not have.");
                group.Hold(new PendingEntry(id, sequence, consumer, GroupJournal.ReadTime(source, ref at), (long)Varint.Read(source, ref at)));
            }
        }
    }

    internal static void Id(IBufferWriter<byte> target, RingId id)
    {
        GroupJournal.Number(target, (long)id.Milliseconds);
        GroupJournal.Number(target, (long)id.Number);
    }

    internal static RingId ReadId(ReadOnlySpan<byte> source, ref int at) => new(Varint.Read(source, ref at), Varint.Read(source, ref at));
}
