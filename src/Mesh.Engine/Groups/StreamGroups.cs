using System.Buffers;
using Mesh.Engine.Claims;
using Mesh.Engine.Journal;

namespace Mesh.Engine.Groups;

/// <summary>
/// The consumer groups that a stream has: what is known of them, and making, moving, deleting and showing them. What hands records out is
/// <see cref="GroupDelivery"/>'s and <see cref="GroupClaiming"/>'s. Thread-safe, as its stream is.
/// </summary>
/// <param name="source">The stream.</param>
internal sealed class StreamGroups(IGroupSource source)
{
    private long _freed;

    /// <summary>In a turn.</summary>
    public GroupTable Table { get; private set; } = NewTable(source);

    /// <summary>In a turn: counts what may make a claim find records.</summary>
    public ClaimChanges Changes { get; } = new(source.Engine.Clock.Now().Micros);

    public async ValueTask<GroupAnswer> CreateAsync(string group, GroupStart start, bool createStream, CancellationToken cancel)
    {
        if (start.Key is not null && !source.HasSequenceIds) throw new ArgumentException($"Records of {source.Name} have no keys, so it has no group of one.", nameof(start));
        if (createStream) await source.CreateAsync();
        return await PlaceAsync(start, place => new(Table.Create(group, place.Last, place.Next, start.EntriesRead, start.Key)), cancel);
    }

    public ValueTask<GroupAnswer> MoveAsync(string group, GroupStart start, CancellationToken cancel) => PlaceAsync(
        start,
        place =>
        {
            if (Table.Find(group) is not { } found) return new(GroupOutcome.NoGroup);
            Table.Move(found, place.Last, place.Next, start.EntriesRead);
            Changes.Announce();
            return new(GroupOutcome.Done);
        },
        cancel);

    public ValueTask<GroupAnswer> DeleteAsync(string group) => ChangeAsync(group, (found, _) =>
    {
        Table.Delete(found);

        // Who waits for records of the group waits for nothing from now on.
        source.WakeReaders();
        Changes.Announce();
        return new(GroupOutcome.Done, 1);
    });

    public ValueTask<GroupAnswer> SetOptionsAsync(string group, GroupOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DeliveryCountMax ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DeadLetterTtl ?? TimeSpan.FromMicroseconds(1), TimeSpan.FromMicroseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.DeadLetterTtl ?? TimeSpan.Zero, GroupLimits.TermMax, nameof(options));
        return ChangeAsync(group, (found, _) =>
        {
            Table.Claims.SetOptions(found, options);
            return new(GroupOutcome.Done);
        });
    }

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer) => ChangeAsync(group, (found, now) =>
    {
        if (Table.Take(found, consumer, now, out var isNew) is null) return new(GroupOutcome.Full);
        return new(isNew ? GroupOutcome.Done : GroupOutcome.Exists, isNew ? 1 : 0);
    });

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer) =>
        ChangeAsync(group, (found, _) => new(GroupOutcome.Done, found.Find(consumer) is { } known ? Table.Delete(found, known) : 0));

    public async ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids)
    {
        while (true)
        {
            await source.EnsureOpenAsync();
            ValueTask<GroupAnswer> acknowledged;
            lock (source.Turn)
            {
                if (source.IsMissing) return new(GroupOutcome.NoStream);
                if (!source.IsOpen) continue;
                if (Table.Find(group) is not { } found) return new(GroupOutcome.NoGroup);
                var released = Table.Release(found, ids);
                if (released == 0) return new(GroupOutcome.Done);
                acknowledged = source.AfterCommit(new GroupAnswer(GroupOutcome.Done, released));
            }

            return await acknowledged;
        }
    }

    public async ValueTask<PendingPage> PendingAsync(string group, PendingQuery query)
    {
        await source.EnsureReadableAsync();
        lock (source.Turn)
        {
            var now = source.Engine.Clock.Now();
            if (source.Log is null) return new PendingPage(GroupOutcome.NoStream, [], now);
            if (Table.Find(group) is not { } found) return new PendingPage(GroupOutcome.NoGroup, [], now);
            return new PendingPage(GroupOutcome.Done, GroupViews.Pending(found, query, now), now);
        }
    }

    public async ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel)
    {
        while (true)
        {
            await source.LoadPlacesAsync();
            lock (source.Turn)
            {
                if (source.Log is null) return null;
                if (source.TryCount(needsFirstId: true, out var counts))
                {
                    var shown = group is null ? Table.All : Table.Find(group) is { } one ? [one] : [];
                    return new LogInfo(
                        counts.Length,
                        counts.FirstId,
                        source.LastId,
                        source.MaxDeletedId,
                        counts.Added,
                        [.. shown.Select(found => GroupViews.Of(found, counts, pendingMax))],
                        source.Engine.Clock.Now());
                }
            }

            await source.FindFirstAsync(cancel);
        }
    }

    /// <summary>Makes one change of a group in a turn and answers when it is durable.</summary>
    public ValueTask<GroupAnswer> ChangeAsync(string group, Func<ConsumerGroup, RecordTime, GroupAnswer> change) =>
        ChangeAsync(now => Table.Find(group) is { } found ? change(found, now) : new(GroupOutcome.NoGroup));

    /// <summary>In a turn: ends claims whose time is up, and wakes who waits for what they held.</summary>
    public void Advance(RecordTime now)
    {
        Table.Claims.Advance(now);
        NoteFreed();
    }

    /// <summary>In a turn, after a change of claims: wakes who waits for what they let go.</summary>
    public void NoteFreed()
    {
        if (Table.Claims.Freed != _freed) Changes.Announce();
        _freed = Table.Claims.Freed;
        if (Changes.Waiting > 0) Changes.Note(Table.Claims.NextEnd);
    }

    /// <summary>Finds out where a group goes on, if it does not know.</summary>
    /// <returns>Its last id, and the sequence from which on there is what it hands out next; null when there is no such group.</returns>
    public async ValueTask<(RingId Last, Sequence Next)?> LookUpPlaceAsync(string group, CancellationToken cancel)
    {
        while (true)
        {
            await source.EnsureReadableAsync();
            RingId last;
            lock (source.Turn)
            {
                if (source.Log is not { } log || Table.Find(group) is not { } found) return null;
                last = found.LastId;
                if (last >= source.LastId) return (last, log.Next);
                if (found.Next is { } known) return (last, known);
            }

            var next = await source.FirstNotBelowAsync(last.Next() ?? RingId.Max, cancel);
            lock (source.Turn)
            {
                if (Table.Find(group) is { } found && found.LastId == last) found.MoveTo(last, next);
            }
        }
    }

    /// <summary>Rebuilds what is known of groups from what is stored, outside any turn.</summary>
    /// <returns>Takes it over, in the turn that opens the stream.</returns>
    public Action Rebuild(IReadOnlyList<RecoveredEntry> entries)
    {
        var table = NewTable(source);
        foreach (var entry in entries)
        {
            if (entry.Op == JournalOp.Groups && entry.IsSnapshot) table.ReadSnapshot(entry.Payload.Span);
            else if (entry.Op == JournalOp.Groups) table.Apply(entry.Payload.Span);
            else if (entry.Op == JournalOp.GroupClaims && entry.IsSnapshot) table.Claims.ReadSnapshot(entry.Payload.Span);
            else if (entry.Op == JournalOp.GroupClaims) table.Claims.Apply(entry.Payload.Span);
            else if (entry.Op == JournalOp.GroupKeys) table.ReadKeys(entry.Payload.Span);
        }

        return () =>
        {
            Table = table;
            _freed = table.Claims.Freed;
            Changes.Announce();
        };
    }

    /// <summary>In a turn: the parts of a snapshot.</summary>
    public void WriteSnapshot(IBufferWriter<byte> target)
    {
        if (Table.Count == 0) return;
        StreamJournal.WritePart(target, JournalOp.Groups, Table.WriteSnapshot);
        if (Table.HasKeys) StreamJournal.WritePart(target, JournalOp.GroupKeys, Table.WriteKeys);
        if (Table.Claims.HasAny) StreamJournal.WritePart(target, JournalOp.GroupClaims, Table.Claims.WriteSnapshot);
    }

    /// <summary>In a turn: the stream was deleted.</summary>
    public void Reset()
    {
        Table = NewTable(source);
        _freed = 0;
        Changes.Announce();
    }

    /// <summary>Makes one change in a turn and answers when it is durable.</summary>
    private async ValueTask<GroupAnswer> ChangeAsync(Func<RecordTime, GroupAnswer> change)
    {
        while (true)
        {
            await source.EnsureOpenAsync();
            ValueTask<GroupAnswer> changed;
            lock (source.Turn)
            {
                if (source.IsMissing) return new(GroupOutcome.NoStream);
                if (!source.IsOpen) continue;
                var now = source.Engine.Clock.Now();
                Advance(now);
                var answer = change(now);
                NoteFreed();
                changed = source.AfterCommit(answer);
            }

            return await changed;
        }
    }

    /// <summary>As <see cref="ChangeAsync(Func{RecordTime, GroupAnswer})"/>, with the place that a start means by then.</summary>
    private async ValueTask<GroupAnswer> PlaceAsync(GroupStart start, Func<Place, GroupAnswer> change, CancellationToken cancel)
    {
        while (true)
        {
            var isByRecord = start.From is not null || start.FromTime is not null;
            var found = isByRecord ? await FindAsync(start, cancel) : null;
            var isOvertaken = false;
            var answer = await ChangeAsync(_ =>
            {
                var end = new Place(source.LastId, source.Log!.Next, source.Log.Number);
                isOvertaken = found is { } stale ? stale.Stream != end.Stream || (stale.IsEnd && stale.Next != end.Next) : isByRecord;
                if (isOvertaken) return default;
                return change(found ?? (start.After is { } after ? new Place(after, null, end.Stream) : end));
            });
            if (!isOvertaken) return answer;
        }
    }

    /// <summary>Where the first record is that a start asks for, by sequence or time.</summary>
    /// <returns>Null when the stream does not exist.</returns>
    private async ValueTask<Place?> FindAsync(GroupStart start, CancellationToken cancel)
    {
        await source.EnsureReadableAsync();
        StreamNumber stream;
        lock (source.Turn)
        {
            if (source.Log is null) return null;
            stream = source.Log.Number;
        }

        var query = start.From is { } from ? new ReadQuery { From = from, RecordsMax = 1 } : new ReadQuery { FromTime = start.FromTime, RecordsMax = 1 };
        var page = await source.ReadAsync(query, cancel);
        lock (source.Turn)
        {
            foreach (var record in page) return new Place(Table.IdOf(record).Previous() ?? RingId.None, record.Sequence, stream);

            // Nothing is there: the group is at the end, as long as nothing comes meanwhile.
            return new Place(source.LastId, page.HighWatermark.Next(), stream) { IsEnd = true };
        }
    }

    private static GroupTable NewTable(IGroupSource source) => new(source.AddChange, source.HasSequenceIds);

    /// <summary>Where a group is to stand.</summary>
    /// <param name="Last">The last id that it takes as delivered.</param>
    /// <param name="Next">Where it goes on; null when that must be looked up.</param>
    /// <param name="Stream">The stream it is for.</param>
    private readonly record struct Place(RingId Last, Sequence? Next, StreamNumber Stream)
    {
        /// <summary>It is the end, as it was.</summary>
        public bool IsEnd { get; init; }
    }
}
