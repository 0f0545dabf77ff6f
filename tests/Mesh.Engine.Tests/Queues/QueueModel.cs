namespace Mesh.Engine.Tests.Queues;

/// <summary>What a queue must do, as plain as can be: every record ever posted in a list, and each question answered by walking it.</summary>
internal sealed class QueueModel(int? deliveryCountMax, Func<RecordTime> now)
{
    private readonly List<Item> _items = [];
    private readonly Dictionary<ClaimId, (RecordTime At, TimeSpan Timeout, List<Item> Items)> _claims = [];

    public IReadOnlyList<Item> Items => _items;

    public List<string> DeadLetters { get; } = [];

    public List<ClaimId> Known { get; } = [];

    public void Post(string body, RecordTime time, TimeSpan ttl, TimeSpan delay, int priority) =>
        _items.Add(new Item(_items.Count + 1, body) { Priority = priority, VisibleAt = delay == TimeSpan.Zero ? RecordTime.None : time.Plus(delay), ExpiresAt = ttl == TimeSpan.Zero ? RecordTime.Max : time.Plus(ttl) });

    public bool IsLive(ClaimId id) =>
        _claims.TryGetValue(id, out var claim) && claim.At.Plus(claim.Timeout) > now() && claim.Items.Exists(item => !item.IsGone);

    public ClaimId? HolderOf(Item item) => item.Claim is { } claim && IsLive(claim) ? claim : null;

    public bool Lives(Item item) => !item.IsGone && (HolderOf(item) is not null || item.ExpiresAt > now());

    public List<Item> Living() => _items.FindAll(Lives);

    public List<Item> Free() => Living().FindAll(item => HolderOf(item) is null && item.VisibleAt <= now());

    /// <summary>The record is there, and the next claim that meets it makes a dead letter of it.</summary>
    public bool IsSpent(string body) => _items.Exists(item => item.Body == body && Lives(item) && item.Deliveries >= deliveryCountMax);

    /// <summary>What a claim must hand out; what was delivered too often on the way becomes dead letters.</summary>
    public List<Item> Take(int limit)
    {
        var taken = new List<Item>();
        foreach (var item in Free().OrderByDescending(item => item.Priority))
        {
            if (taken.Count == limit) break;
            if (deliveryCountMax is { } max && item.Deliveries >= max)
            {
                item.IsGone = true;
                DeadLetters.Add(item.Body);
                continue;
            }

            taken.Add(item);
        }

        return taken;
    }

    public void Claim(ClaimId id, List<Item> items, ClaimTerms terms)
    {
        _claims[id] = (now(), terms.VisibilityTimeout, items);
        Known.Add(id);
        foreach (var item in items)
        {
            item.Claim = id;
            item.Deliveries++;
            Prolong(item, terms);
        }
    }

    public bool Extend(ClaimId id, ClaimTerms terms)
    {
        if (!IsLive(id)) return false;
        _claims[id] = (now(), terms.VisibilityTimeout, _claims[id].Items);
        foreach (var item in _items)
            if (item.Claim == id && !item.IsGone) Prolong(item, terms);
        return true;
    }

    public void Release(ClaimId id)
    {
        if (!IsLive(id)) return;
        _claims.Remove(id);
    }

    public List<Item> HeldBy(ClaimId id) => _items.FindAll(item => item.Claim == id && IsLive(id) && !item.IsGone);

    public AckResult Ack(long sequence, ClaimId? by)
    {
        var item = _items.Find(item => item.Sequence == sequence);
        if (item is null || !Lives(item)) return AckResult.Deleted;
        var holder = HolderOf(item);
        if (by is { } id && !IsLive(id)) return AckResult.ClaimExpired;
        if (by is not null && holder is null) return AckResult.NotClaimed;
        if (holder is not null && holder != by) return AckResult.HeldByOther;
        item.IsGone = true;
        return AckResult.Deleted;
    }

    private void Prolong(Item item, ClaimTerms terms)
    {
        var end = now().Plus(terms.VisibilityTimeout);
        if (item.ExpiresAt < end) item.ExpiresAt = end.Plus(terms.Grace);
    }

    internal sealed class Item(long sequence, string body)
    {
        public long Sequence { get; } = sequence;

        public string Body { get; } = body;

        public int Priority { get; init; }

        public RecordTime VisibleAt { get; init; }

        public RecordTime ExpiresAt { get; set; }

        public ClaimId? Claim { get; set; }

        public int Deliveries { get; set; }

        public bool IsGone { get; set; }
    }
}
