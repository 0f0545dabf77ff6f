namespace Mesh.Engine.Tests.Rings;

/// <summary>What a ring and its groups must do, as plain as can be: lists that are walked.</summary>
internal sealed class RingModel
{
    public List<Item> Items { get; } = [];

    public SortedDictionary<string, Group> Groups { get; } = new(StringComparer.Ordinal);

    public RingId LastId { get; set; }

    public RingId MaxDeletedId { get; set; }

    public long Added { get; set; }

    public List<Item> Living => Items.FindAll(item => !item.IsGone);

    public bool Lives(RingId id) => Items.Exists(item => item.Id == id && !item.IsGone);

    public void Append(RingId id, string body)
    {
        Items.Add(new Item(id, body));
        (LastId, Added) = (id, Added + 1);
    }

    public long Trim(long keep)
    {
        var gone = Living.SkipLast((int)keep).ToList();
        foreach (var item in gone) item.IsGone = true;
        return gone.Count;
    }

    public int Delete(IEnumerable<RingId> ids)
    {
        var gone = Living.FindAll(item => ids.Contains(item.Id));
        foreach (var item in gone)
        {
            item.IsGone = true;
            if (item.Id > MaxDeletedId) MaxDeletedId = item.Id;
        }

        return gone.Count;
    }

    public RingPositionResult SetPosition(RingPosition position)
    {
        if (Living.Count > 0 && position.LastId < Items[^1].Id) return RingPositionResult.BelowTop;
        if (Living.Count > 0 && position.EntriesAdded < Living.Count) return RingPositionResult.AddedBelowLength;
        LastId = position.LastId;
        Added = position.EntriesAdded ?? Added;
        if (position.MaxDeletedId != RingId.None) MaxDeletedId = position.MaxDeletedId;
        return RingPositionResult.Done;
    }

    public List<Item> Deliver(Group group, string consumer, int max, bool isAcknowledged, RecordTime now)
    {
        var next = Living.Where(item => item.Id > group.LastId).Take(max).ToList();
        if (next.Count > 0) group.Consumers.Add(consumer);
        foreach (var item in next)
        {
            group.LastId = item.Id;
            if (!isAcknowledged) group.Pending[item.Id] = new Entry(consumer, now, 1);
        }

        return next;
    }

    /// <summary>The pending entries of a consumer after an id; those that live are delivered once more.</summary>
    public (List<RingId> There, List<RingId> Missing) DeliverAgain(Group group, string consumer, RingId after, int max, RecordTime now)
    {
        group.Consumers.Add(consumer);
        var entries = group.Pending.Where(entry => entry.Value.Consumer == consumer && entry.Key > after).Select(entry => entry.Key).Take(max).ToList();
        var there = entries.FindAll(Lives);
        foreach (var id in there) group.Pending[id] = new Entry(consumer, now, group.Pending[id].Deliveries + 1);
        return (there, entries.FindAll(id => !Lives(id)));
    }

    public (List<RingId> Claimed, List<RingId> Missing) Claim(Group group, PendingClaim claim, RecordTime now)
    {
        if (claim.LastId > group.LastId) group.LastId = claim.LastId;
        var missing = claim.Ids.Where(id => group.Pending.ContainsKey(id) && !Lives(id)).ToList();
        foreach (var id in missing) group.Pending.Remove(id);
        var claimed = new List<RingId>();
        foreach (var id in claim.Ids.Where(Lives))
        {
            var isPending = group.Pending.TryGetValue(id, out var entry);
            if (!isPending && !claim.Force) continue;
            if (isPending && now.Since(entry.At) < claim.IdleMin) continue;
            var before = isPending ? entry.Deliveries : 1;
            group.Pending[id] = new Entry(claim.Consumer, now, claim.Deliveries ?? (claim.IdsOnly ? before : before + 1));
            claimed.Add(id);
            group.Consumers.Add(claim.Consumer);
        }

        return (claimed, missing);
    }

    public (List<RingId> Claimed, List<RingId> Missing, RingId Next) ClaimIdle(Group group, IdleClaim claim, RecordTime now)
    {
        var (claimed, missing, looked) = (new List<RingId>(), new List<RingId>(), 0);
        foreach (var (id, entry) in group.Pending.Where(entry => entry.Key >= claim.Start).ToList())
        {
            if (looked++ == claim.EntriesMax * 10 || claimed.Count + missing.Count == claim.EntriesMax) return (claimed, missing, id);
            if (!Lives(id))
            {
                missing.Add(id);
                group.Pending.Remove(id);
            }
            else if (now.Since(entry.At) >= claim.IdleMin)
            {
                claimed.Add(id);
                group.Consumers.Add(claim.Consumer);
                group.Pending[id] = new Entry(claim.Consumer, now, claim.IdsOnly ? entry.Deliveries : entry.Deliveries + 1);
            }
        }

        return (claimed, missing, RingId.None);
    }

    internal sealed class Item(RingId id, string body)
    {
        public RingId Id => id;

        public string Body => body;

        public bool IsGone { get; set; }
    }

    internal readonly record struct Entry(string Consumer, RecordTime At, long Deliveries);

    internal sealed class Group
    {
        public RingId LastId { get; set; }

        public SortedSet<string> Consumers { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<RingId, Entry> Pending { get; } = [];
    }
}
