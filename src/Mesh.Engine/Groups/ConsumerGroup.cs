using Mesh.Addresses;
using Mesh.Engine.Queues;

namespace Mesh.Engine.Groups;

/// <summary>One group: how far it has got, who consumes, and what is pending. Not thread-safe.</summary>
/// <param name="number">Its number within the stream, in the journal.</param>
/// <param name="name">Its name.</param>
internal sealed class ConsumerGroup(int number, string name)
{
    private readonly Dictionary<string, GroupConsumer> _consumers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, GroupConsumer> _byNumber = [];
    private int _consumersEver;

    public int Number => number;

    public string Name => name;

    /// <summary>The last id it takes as delivered.</summary>
    public RingId LastId { get; private set; }

    /// <summary>How many records it takes as delivered; null when that is not known.</summary>
    public long? EntriesRead { get; set; }

    /// <summary>The first record with a greater id than <see cref="LastId"/> has this sequence or a later one; null when that must be looked up.</summary>
    public Sequence? Next { get; private set; }

    /// <summary>It hands out records of this key alone; null hands out all.</summary>
    public string? Key { get; private set; }

    /// <summary>Which records those are.</summary>
    public RecordFilter Filter { get; private set; } = RecordFilter.All;

    public OrderedBlocks<PendingEntry> Pending { get; } = new();

    /// <summary>Those of the pending entries that the next claim gets.</summary>
    public OrderedBlocks<PendingId> Free { get; } = new();

    /// <summary>Live claims.</summary>
    public Dictionary<ClaimId, GroupHold> Claims { get; } = [];

    /// <summary>Entries that live claims hold.</summary>
    public int Claimed { get; private set; }

    /// <summary>What becomes of records that are claimed too often.</summary>
    public GroupOptions Options { get; set; } = new();

    /// <summary>Tells this group from every other one that the stream has or had, in the queue that takes its dead letters; 0 until it has any.</summary>
    public long MoverNumber { get; set; }

    /// <summary>Takes its dead letters; null until it has any.</summary>
    public DeadLetterMover? Mover { get; set; }

    public int ConsumerCount => _consumers.Count;

    public IEnumerable<GroupConsumer> Consumers => _consumers.Values;

    public GroupConsumer? Find(string consumer) => _consumers.GetValueOrDefault(consumer);

    public GroupConsumer? Find(int consumer) => _byNumber.GetValueOrDefault(consumer);

    public int NextConsumerNumber => _consumersEver + 1;

    public GroupConsumer Add(int number, string consumer)
    {
        var added = new GroupConsumer(number, consumer);
        _consumers[consumer] = added;
        _byNumber[number] = added;
        _consumersEver = Math.Max(_consumersEver, number);
        return added;
    }

    /// <summary>Removes a consumer with what is pending with it.</summary>
    public void Remove(GroupConsumer consumer)
    {
        foreach (var pending in consumer.Pending.From(RingId.None))
            if (Pending.Remove(pending.Id, out var entry)) LetGo(entry);
        _consumers.Remove(consumer.Name);
        _byNumber.Remove(consumer.Number);
    }

    public void Restrict(string key) => (Key, Filter) = (key, new RecordFilter(key, null, []));

    public void MoveTo(RingId last, Sequence? next) => (LastId, Next) = (last, next);

    /// <summary>Makes an entry pending with its consumer, whoever had it before.</summary>
    public void Hold(in PendingEntry entry)
    {
        if (Pending.TryGet(entry.Id, out var before))
        {
            LetGo(before);
            if (before.Consumer != entry.Consumer) before.Consumer.Pending.Remove(entry.Id, out _);
        }

        Pending.Set(entry);
        entry.Consumer.Pending.Set(new PendingId(entry.Id));
        if (entry.Hold == GroupHold.Free) Free.Set(new PendingId(entry.Id));
        else if (entry.Hold is { IsLive: true } claim) Keep(claim);
    }

    /// <returns>False when it was not pending.</returns>
    public bool Release(RingId id)
    {
        if (!Pending.Remove(id, out var entry)) return false;
        LetGo(entry);
        entry.Consumer.Pending.Remove(id, out _);
        return true;
    }

    /// <summary>What it knows of where ids stand no longer holds.</summary>
    public void ForgetPlace() => Next = null;

    private void Keep(GroupHold claim)
    {
        Claims[claim.Id] = claim;
        claim.Count++;
        Claimed++;
    }

    private void LetGo(in PendingEntry entry)
    {
        if (entry.Hold == GroupHold.Free) Free.Remove(entry.Id, out _);
        if (entry.Hold is not { IsLive: true } claim) return;
        Claimed--;
        if (--claim.Count == 0 && Claims.GetValueOrDefault(claim.Id) == claim) Claims.Remove(claim.Id);
    }
}
