using Mesh.Engine.Storage;

namespace Mesh.Engine.Groups;

/// <summary>Groups as they are shown. In a turn.</summary>
internal static class GroupViews
{
    public static GroupInfo Of(ConsumerGroup group, in ReadCounts counts, int pendingMax) => new(
        group.Name,
        group.LastId,
        group.Key is null ? group.EntriesRead : null,
        group.Key is null || group.LastId >= counts.LastId ? counts.Lag(group.LastId, group.EntriesRead) : null,
        group.Pending.Count,
        group.Pending.First,
        group.Pending.Last,
        [.. group.Pending.From(RingId.None).Take(pendingMax).Select(entry => entry.ToView())],
        [.. group.Consumers.OrderBy(consumer => consumer.Name, NameOrder.Instance).Select(consumer => Of(group, consumer, pendingMax))]);

    /// <summary>What is pending in a group or with one of its consumers.</summary>
    public static List<PendingView> Pending(ConsumerGroup group, PendingQuery query, RecordTime now)
    {
        var found = new List<PendingView>();
        foreach (var entry in Entries(group, query))
        {
            if (found.Count >= query.EntriesMax || entry.Id > query.End) break;
            if (query.IdleMin == TimeSpan.Zero || now.Since(entry.DeliveredAt) >= query.IdleMin) found.Add(entry.ToView());
        }

        return found;
    }

    /// <summary>The entries of one consumer from an id on, in order.</summary>
    public static IEnumerable<PendingEntry> EntriesOf(ConsumerGroup group, GroupConsumer consumer, RingId from)
    {
        foreach (var pending in consumer.Pending.From(from))
            if (group.Pending.TryGet(pending.Id, out var entry)) yield return entry;
    }

    private static IEnumerable<PendingEntry> Entries(ConsumerGroup group, PendingQuery query)
    {
        if (query.Consumer is null) return group.Pending.From(query.Start);
        return group.Find(query.Consumer) is { } consumer ? EntriesOf(group, consumer, query.Start) : [];
    }

    private static ConsumerInfo Of(ConsumerGroup group, GroupConsumer consumer, int pendingMax) => new(
        consumer.Name,
        consumer.SeenAt,
        consumer.ActiveAt == RecordTime.None ? null : consumer.ActiveAt,
        consumer.Pending.Count,
        [.. EntriesOf(group, consumer, RingId.None).Take(pendingMax).Select(entry => entry.ToView())]);
}
