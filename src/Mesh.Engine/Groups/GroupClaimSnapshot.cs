using System.Buffers;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>
/// The written form of what groups know of claims, after that of the groups themselves: for each group its number, options (deliveries plus one, 0 for none; the
/// queue, empty for none; time to live in ticks plus one, 0 for none) and number as a mover, then live claims (id, time, timeout, entries), then the ids of free
/// entries. Not written where there is nothing of the kind.
/// </summary>
internal static class GroupClaimSnapshot
{
    public static void Write(IBufferWriter<byte> target, IReadOnlyList<ConsumerGroup> groups)
    {
        var worthy = groups.Where(HasAny).ToList();
        GroupJournal.Number(target, worthy.Count);
        foreach (var group in worthy)
        {
            GroupJournal.Number(target, group.Number);
            WriteOptions(target, group);
            GroupJournal.Number(target, group.Claims.Count);
            foreach (var claim in group.Claims.Values)
            {
                WriteTerms(target, claim);
                WriteIds(target, [.. claim.Entries.Select(entry => entry.Id).Where(claim.Holds)]);
            }

            WriteIds(target, [.. group.Pending.From(RingId.None).Where(entry => entry.Hold is { IsLive: false }).Select(entry => entry.Id)]);
        }
    }

    /// <summary>Written at all: some group has claims, or options.</summary>
    public static bool IsDue(IEnumerable<ConsumerGroup> groups) => groups.Any(HasAny);

    public static void Read(ReadOnlySpan<byte> source, GroupTable table)
    {
        var at = 0;
        for (var groups = Varint.Read(source, ref at); groups > 0; groups--)
        {
            var group = GroupJournal.Known(table, (int)Varint.Read(source, ref at));
            ReadOptions(source, ref at, group);
            for (var claims = Varint.Read(source, ref at); claims > 0; claims--)
            {
                var claim = ReadTerms(source, ref at, group);
                ReadIds(source, ref at, group, claim);
                table.Claims.AwaitEnd(claim);
            }

            ReadIds(source, ref at, group, GroupHold.Free);
        }
    }

    public static void WriteOptions(IBufferWriter<byte> target, ConsumerGroup group)
    {
        var options = group.Options;
        GroupJournal.Number(target, options.DeliveryCountMax is { } max ? max + 1L : 0);
        GroupJournal.Text(target, options.DeadLetterQueue ?? "");
        GroupJournal.Number(target, options.DeadLetterTtl is { } ttl ? ttl.Ticks + 1 : 0);
        GroupJournal.Number(target, group.MoverNumber);
    }

    public static void ReadOptions(ReadOnlySpan<byte> source, ref int at, ConsumerGroup group)
    {
        group.Options = new GroupOptions
        {
            DeliveryCountMax = Varint.Read(source, ref at) is > 0 and var max ? (int)(max - 1) : null,
            DeadLetterQueue = GroupJournal.ReadText(source, ref at) is { Length: > 0 } queue ? queue : null,
            DeadLetterTtl = Varint.Read(source, ref at) is > 0 and var ttl ? TimeSpan.FromTicks((long)ttl - 1) : null,
        };
        group.MoverNumber = (long)Varint.Read(source, ref at);
    }

    /// <summary>A claim's name, time and timeout.</summary>
    public static void WriteTerms(IBufferWriter<byte> target, GroupHold claim)
    {
        claim.Id.Value.TryWriteBytes(target.GetSpan(16));
        target.Advance(16);
        GroupJournal.Number(target, claim.At.Micros);
        GroupJournal.Number(target, claim.Timeout.Ticks);
    }

    public static GroupHold ReadTerms(ReadOnlySpan<byte> source, ref int at, ConsumerGroup group)
    {
        if (source.Length < at + 16) throw new CorruptFrameException($"A change of the consumer group {group.Name} ends within a claim's id.");
        at += 16;
        return new GroupHold(new ClaimId(new Guid(source.Slice(at - 16, 16))), group, GroupJournal.ReadTime(source, ref at), TimeSpan.FromTicks((long)Varint.Read(source, ref at)));
    }

    private static bool HasAny(ConsumerGroup group) =>
        group.Claims.Count > 0 || group.Free.Count > 0 || group.MoverNumber != 0 || group.Options != new GroupOptions();

    private static void WriteIds(IBufferWriter<byte> target, IReadOnlyList<RingId> ids)
    {
        GroupJournal.Number(target, ids.Count);
        foreach (var id in ids) GroupSnapshot.Id(target, id);
    }

    private static void ReadIds(ReadOnlySpan<byte> source, ref int at, ConsumerGroup group, GroupHold hold)
    {
        for (var left = Varint.Read(source, ref at); left > 0; left--)
        {
            var id = GroupSnapshot.ReadId(source, ref at);
            if (!group.Pending.TryGet(id, out var entry)) throw new CorruptFrameException($"A snapshot of the group {group.Name} names {id}, which is not pending.");
            group.Hold(entry with { Hold = hold });
            if (hold.IsLive) hold.Entries.Add((id, entry.Sequence));
        }
    }
}
