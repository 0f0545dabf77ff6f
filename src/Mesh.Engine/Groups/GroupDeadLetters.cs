using Mesh.Engine.Queues;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>
/// Takes records that a group handed out too often to its queue for dead letters; in the log they stay. A record is taken off the pending ones only after the other
/// queue has it: a crash in between repeats the append, which that queue knows by where it comes from.
/// </summary>
/// <param name="source">The stream.</param>
/// <param name="groups">Its groups.</param>
internal sealed class GroupDeadLetters(IGroupSource source, StreamGroups groups)
{
    /// <summary>Records that one claim moves at most; the next claims move the others.</summary>
    public const int DyingMax = 100;

    /// <summary>In a turn: records claimed so often are not claimed again.</summary>
    public long ClaimsMax(ConsumerGroup group) => QueueOf(group) is null ? long.MaxValue : group.Options.DeliveryCountMax ?? source.Options.DeliveryCountMax ?? long.MaxValue;

    /// <summary>Moves records that were buried. What the claim has besides is durable and is answered, whatever becomes of the move: the next claim tries it again.</summary>
    /// <param name="group">The group.</param>
    /// <param name="dying">Its entries.</param>
    /// <param name="stream">The stream they are of.</param>
    /// <param name="now">The clock.</param>
    /// <param name="mayFail">A failure is only counted.</param>
    /// <param name="cancel">Ends the call.</param>
    public async ValueTask MoveAsync(ConsumerGroup group, IReadOnlyList<PendingEntry> dying, StreamNumber stream, RecordTime now, bool mayFail, CancellationToken cancel)
    {
        try
        {
            if (FindTarget(group, stream) is not var (mover, queue)) return;
            var moved = await MoveAsync(group, mover, queue, dying, stream, now, cancel);
            await groups.ChangeAsync(group.Name, (found, _) => new(GroupOutcome.Done, found == group ? groups.Table.Release(found, moved.ConvertAll(entry => entry.Id)) : 0));
            mover.Settle(stream, queue, moved.Select(entry => entry.Sequence));
        }
        catch (Exception reason) when (mayFail && reason is StorageUnavailableException or StreamFencedException)
        {
            EngineMetrics.OnMoveFailed();
        }
        finally
        {
            lock (source.Turn)
            {
                foreach (var entry in dying) groups.Table.Claims.Exhume(group, entry.Id);
                groups.NoteFreed();
            }
        }
    }

    /// <returns>Null when the group is gone, or has no dead letters any more.</returns>
    private (DeadLetterMover Mover, StreamName Queue)? FindTarget(ConsumerGroup group, StreamNumber stream)
    {
        lock (source.Turn)
        {
            if (source.Log?.Number != stream || groups.Table.Find(group.Name) != group || QueueOf(group) is not { } queue) return null;
            group.Mover ??= new DeadLetterMover(source.Engine.DeadLetters, group.MoverNumber);
            return (group.Mover, StreamName.Queue(queue, source.Name.Project));
        }
    }

    /// <returns>The entries whose records are in the other queue now, or cannot be read.</returns>
    private async ValueTask<List<PendingEntry>> MoveAsync(
        ConsumerGroup group, DeadLetterMover mover, StreamName queue, IReadOnlyList<PendingEntry> dying, StreamNumber stream, RecordTime now, CancellationToken cancel)
    {
        var entries = new Dictionary<Sequence, PendingEntry>();
        foreach (var entry in dying) entries[entry.Sequence] = entry;
        var sequences = entries.Keys.ToList();
        var picked = await source.PickAsync(stream, sequences, GroupReads.BytesMax, cancel);
        var letters = picked.Slices.ConvertAll(slice => Encode(group, slice, entries, now));
        var kept = await mover.MoveAsync(stream, queue, letters);
        return [.. sequences.Take(picked.Looked).Where(sequence => !kept.Contains(sequence)).Select(sequence => entries[sequence])];
    }

    private DeadLetter Encode(ConsumerGroup group, in BatchSlice slice, Dictionary<Sequence, PendingEntry> entries, RecordTime now)
    {
        var sequence = BatchHeader.Read(slice.Batch.Span).First.Plus(slice.Index);
        var expiresAt = RecordTime.Max;
        foreach (var record in slice) expiresAt = record.ExpiresAt;
        var origin = new DeadLetterOrigin(source.Name, group.Name, sequence, $"claimed {entries[sequence].Deliveries} times and not acknowledged");
        var ttl = group.Options.DeadLetterTtl ?? source.Options.DeadLetterTtl;
        return new DeadLetter(sequence, DeadLetters.Encode(slice, expiresAt, now, ttl, TimeSpan.Zero, source: null, origin));
    }

    private string? QueueOf(ConsumerGroup group) => group.Options.DeadLetterQueue ?? source.Options.DeadLetterQueue;
}
