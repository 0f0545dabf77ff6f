using System.Buffers;
using Mesh.Engine.Claims;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>
/// Writes the changes of one <see cref="GroupClaims"/> down, and makes them again. Each change is an op code, the group's number and varints; times in
/// microseconds, time spans in ticks, claim ids as 16 bytes, ids as two numbers. What is acknowledged stands among the changes of <see cref="GroupJournal"/>. Not
/// thread-safe.
/// </summary>
/// <param name="writer">Takes the bytes of each change.</param>
internal sealed class GroupClaimJournal(ChangeWriter writer)
{
    private const byte OpOptions = 1;
    private const byte OpClaimed = 2;
    private const byte OpExtended = 3;
    private const byte OpReleased = 4;

    private readonly ArrayBufferWriter<byte> _change = new(128);

    /// <summary>The group's options and its number as a mover, as they are now.</summary>
    public void Options(ConsumerGroup group)
    {
        Begin(OpOptions, group);
        GroupClaimSnapshot.WriteOptions(_change, group);
        End();
    }

    /// <summary>A claim was made, and the group has moved.</summary>
    public void Claimed(ConsumerGroup group, GroupConsumer consumer, GroupHold hold, List<ClaimedRun> runs)
    {
        Begin(OpClaimed, group);
        GroupJournal.Cursor(_change, group);
        GroupJournal.Number(_change, consumer.Number);
        GroupClaimSnapshot.WriteTerms(_change, hold);
        GroupJournal.Number(_change, runs.Count);
        foreach (var run in runs)
        {
            GroupSnapshot.Id(_change, run.First);
            GroupJournal.Number(_change, run.Sequence.Value);
            GroupJournal.Number(_change, run.Count);
            GroupJournal.Number(_change, run.Deliveries);
        }

        End();
    }

    public void Extended(GroupHold hold)
    {
        Begin(OpExtended, hold.Group!);
        GroupClaimSnapshot.WriteTerms(_change, hold);
        End();
    }

    public void Released(GroupHold hold, List<RingId> ids, bool isCounted)
    {
        Begin(OpReleased, hold.Group!);
        GroupClaimSnapshot.WriteTerms(_change, hold);
        GroupJournal.Number(_change, isCounted ? 1 : 0);
        GroupJournal.Number(_change, ids.Count);
        foreach (var id in ids) GroupSnapshot.Id(_change, id);
        End();
    }

    /// <summary>Makes a change that was written before.</summary>
    /// <exception cref="CorruptFrameException">The bytes are no change of this version.</exception>
    public static void Apply(ReadOnlySpan<byte> change, GroupTable table)
    {
        var at = 1;
        var group = GroupJournal.Known(table, (int)Varint.Read(change, ref at));
        switch (change[0])
        {
            case OpOptions:
                GroupClaimSnapshot.ReadOptions(change, ref at, group);
                break;
            case OpClaimed:
                ApplyClaimed(change, at, group, table);
                break;
            case OpExtended:
                var extended = GroupClaimSnapshot.ReadTerms(change, ref at, group);
                if (!group.Claims.TryGetValue(extended.Id, out var live)) break;
                live.Extend(extended.At, extended.Timeout);
                table.Claims.AwaitEnd(live);
                break;
            case OpReleased:
                var released = GroupClaimSnapshot.ReadTerms(change, ref at, group);
                var isCounted = Varint.Read(change, ref at) > 0;
                var ids = new List<RingId>();
                for (var left = Varint.Read(change, ref at); left > 0; left--) ids.Add(GroupSnapshot.ReadId(change, ref at));
                if (group.Claims.TryGetValue(released.Id, out var hold)) table.Claims.Free(hold, ids, isCounted);
                break;
            default:
                throw new CorruptFrameException($"A change of claims of consumer groups has op code {change[0]}, which this program does not know.");
        }
    }

    private static void ApplyClaimed(ReadOnlySpan<byte> change, int at, ConsumerGroup group, GroupTable table)
    {
        GroupJournal.ReadCursor(change, ref at, group);
        var consumer = GroupJournal.Known(group, (int)Varint.Read(change, ref at));
        var hold = GroupClaimSnapshot.ReadTerms(change, ref at, group);
        consumer.SeenAt = consumer.ActiveAt = hold.At;

        // As it was then: whose time was up had lost its entries, also to a claim of the same name.
        table.Claims.Advance(hold.At);
        for (var runs = Varint.Read(change, ref at); runs > 0; runs--)
        {
            var run = new ClaimedRun(
                GroupSnapshot.ReadId(change, ref at), new Sequence((long)Varint.Read(change, ref at)), (int)Varint.Read(change, ref at), (long)Varint.Read(change, ref at));
            for (var i = 0; i < run.Count; i++)
            {
                var entry = new PendingEntry(run.IdAt(i, table.HasSequenceIds), run.Sequence.Plus(i), consumer, hold.At, run.Deliveries) { Hold = hold };
                group.Hold(entry);
                hold.Entries.Add((entry.Id, entry.Sequence));
            }
        }

        table.Claims.AwaitEnd(hold);
    }

    private void Begin(byte op, ConsumerGroup group)
    {
        _change.ResetWrittenCount();
        _change.GetSpan(1)[0] = op;
        _change.Advance(1);
        GroupJournal.Number(_change, group.Number);
    }

    private void End() => writer(_change.WrittenSpan);
}
