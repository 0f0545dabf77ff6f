using Mesh.Engine.Groups;

namespace Mesh.Engine.Rings;

/// <summary>A ring's consumer groups by name: making, moving, deleting and showing them. What hands records out is <see cref="RingActor"/>'s.</summary>
public abstract class RingGroups : RingKeeper
{
    private protected RingGroups(StreamName name, EngineContext engine)
        : base(name, engine)
    {
    }

    public async ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default)
    {
        if (createStream) await CreateAsync(StreamOptions.Default, ReadOnlyMemory<byte>.Empty);
        return await ChangeAsync(_ => new(Groups.Create(group, start.After ?? Log!.LastId, start.After is null ? Log!.Next : null, start.EntriesRead)));
    }

    public ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default) => ChangeAsync(group, (found, _) =>
    {
        Groups.Move(found, start.After ?? Log!.LastId, start.After is null ? Log!.Next : null, start.EntriesRead);
        return new(GroupOutcome.Done);
    });

    public ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default) => ChangeAsync(group, (found, _) =>
    {
        Groups.Delete(found);

        // Who waits for records of the group waits for nothing from now on.
        Subscribers.Wake(Sequence.Max);
        return new(GroupOutcome.Done, 1);
    });

    public ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default) => ChangeAsync(group, (found, now) =>
    {
        if (Groups.Take(found, consumer, now, out var isNew) is null) return new(GroupOutcome.Full);
        return new(isNew ? GroupOutcome.Done : GroupOutcome.Exists, isNew ? 1 : 0);
    });

    public ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default) =>
        ChangeAsync(group, (found, _) => new(GroupOutcome.Done, found.Find(consumer) is { } known ? Groups.Delete(found, known) : 0));

    public async ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default)
    {
        while (true)
        {
            await EnsureOpenAsync(null);
            ValueTask<GroupAnswer> acknowledged;
            lock (Turn)
            {
                if (IsMissing) return new(GroupOutcome.NoStream);
                if (!IsOpen) continue;
                if (Groups.Find(group) is not { } found) return new(GroupOutcome.NoGroup);
                var released = Groups.Release(found, ids);
                if (released == 0) return new(GroupOutcome.Done);
                acknowledged = AfterCommit(new GroupAnswer(GroupOutcome.Done, released));
            }

            return await acknowledged;
        }
    }

    public async ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default)
    {
        await EnsureReadableAsync();
        lock (Turn)
        {
            var now = Engine.Clock.Now();
            if (Log is null) return new PendingPage(GroupOutcome.NoStream, [], now);
            if (Groups.Find(group) is not { } found) return new PendingPage(GroupOutcome.NoGroup, [], now);
            return new PendingPage(GroupOutcome.Done, GroupViews.Pending(found, query, now), now);
        }
    }

    public async ValueTask<RingInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default)
    {
        while (true)
        {
            await LoadPlacesAsync();
            lock (Turn)
            {
                if (Log is not { } log) return null;
                if (TryCount(needsFirstId: true, out var counts))
                {
                    var shown = group is null ? Groups.All : Groups.Find(group) is { } one ? [one] : [];
                    return new RingInfo(
                        counts.Length,
                        counts.FirstId,
                        log.LastId,
                        Ledger.MaxDeletedId,
                        counts.Added,
                        [.. shown.Select(found => GroupViews.Of(found, counts, pendingMax))],
                        Engine.Clock.Now());
                }
            }

            await FindFirstAsync(cancel);
        }
    }

    private ValueTask<GroupAnswer> ChangeAsync(string group, Func<ConsumerGroup, RecordTime, GroupAnswer> change) =>
        ChangeAsync(now => Groups.Find(group) is { } found ? change(found, now) : new(GroupOutcome.NoGroup));

    /// <summary>Makes one change in a turn and answers when it is durable.</summary>
    private async ValueTask<GroupAnswer> ChangeAsync(Func<RecordTime, GroupAnswer> change)
    {
        while (true)
        {
            await EnsureOpenAsync(null);
            ValueTask<GroupAnswer> changed;
            lock (Turn)
            {
                if (IsMissing) return new(GroupOutcome.NoStream);
                if (!IsOpen) continue;
                changed = AfterCommit(change(Engine.Clock.Now()));
            }

            return await changed;
        }
    }
}
