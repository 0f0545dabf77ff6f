namespace Mesh.Engine.Groups;

/// <summary>Tells where a group stands, and how far it is behind.</summary>
/// <param name="source">The stream.</param>
/// <param name="groups">Its groups.</param>
internal sealed class GroupLag(IGroupSource source, StreamGroups groups)
{
    /// <summary>Pages read to count the records of one key; of what is farther behind nobody counts them.</summary>
    private const int PagesMax = 16;

    public async ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel)
    {
        while (true)
        {
            await source.EnsureOpenAsync();
            await source.LoadPlacesAsync();
            if (await groups.LookUpPlaceAsync(group, cancel) is not var (last, next)) return GroupPosition.Of(await MissingAsync());
            ConsumerGroup? looked;
            lock (source.Turn) looked = groups.Table.Find(group);
            if (looked is null) continue;
            var (count, firstTime) = await CountAsync(looked, next, cancel);
            lock (source.Turn)
            {
                if (!source.IsOpen || groups.Table.Find(group) is not { } found || found != looked || found.LastId != last) continue;
                source.Settle();
                var now = source.Engine.Clock.Now();
                groups.Advance(now);
                var behind = firstTime is { } first && now > first ? now.Since(first) : TimeSpan.Zero;
                var lag = found.Key is null ? source.CountFrom(next) : count;
                return new GroupPosition(GroupOutcome.Done, next, lag, behind, found.Pending.Count, found.Claimed, found.Free.Count, found.Options);
            }
        }
    }

    /// <summary>Counts the records of a group of one key, and looks at the time of the first in any case.</summary>
    private async ValueTask<(long? Count, RecordTime? First)> CountAsync(ConsumerGroup group, Sequence next, CancellationToken cancel)
    {
        RecordTime? first = null;
        long count = 0;
        for (var pages = 0; pages < PagesMax; pages++)
        {
            var page = await source.ReadAsync(new ReadQuery { From = next, RecordsMax = group.Key is null ? 1 : ReadQuery.RecordsLimit }, cancel);
            foreach (var record in page)
            {
                if (!group.Filter.Matches(record)) continue;
                first ??= record.Time;
                count++;
            }

            if (page.Count == 0 || group.Key is null) return (count, first);
            next = page.Next;
        }

        return (null, first);
    }

    private async ValueTask<GroupOutcome> MissingAsync()
    {
        await source.EnsureReadableAsync();
        lock (source.Turn) return source.Log is null ? GroupOutcome.NoStream : GroupOutcome.NoGroup;
    }
}
