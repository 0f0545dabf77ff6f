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

    public OrderedBlocks<PendingEntry> Pending { get; } = new();

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
        foreach (var pending in consumer.Pending.From(RingId.None)) Pending.Remove(pending.Id, out _);
        _consumers.Remove(consumer.Name);
        _byNumber.Remove(consumer.Number);
    }

    public void MoveTo(RingId last, Sequence? next) => (LastId, Next) = (last, next);

    /// <summary>Makes an entry pending with its consumer, whoever had it before.</summary>
    public void Hold(in PendingEntry entry)
    {
        if (Pending.TryGet(entry.Id, out var before) && before.Consumer != entry.Consumer) before.Consumer.Pending.Remove(entry.Id, out _);
        Pending.Set(entry);
        entry.Consumer.Pending.Set(new PendingId(entry.Id));
    }

    /// <returns>False when it was not pending.</returns>
    public bool Release(RingId id)
    {
        if (!Pending.Remove(id, out var entry)) return false;
        entry.Consumer.Pending.Remove(id, out _);
        return true;
    }

    /// <summary>What it knows of where ids stand no longer holds.</summary>
    public void ForgetPlace() => Next = null;
}
