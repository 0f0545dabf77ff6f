using System.Buffers;
using System.Text;
using Mesh.Engine.Journal;
using Mesh.Engine.Storage;
using Mesh.Frames;

namespace Mesh.Engine.Groups;

/// <summary>All consumer groups of one stream. Each change is written down for the journal as it is made. Not thread-safe: the owning actor runs one turn at a time.</summary>
internal sealed class GroupTable
{
    private readonly GroupJournal _journal;
    private readonly PartWriter _writer;
    private readonly Dictionary<string, ConsumerGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ConsumerGroup> _byNumber = [];
    private readonly List<DeliveredRun> _runs = [];
    private readonly List<PendingEntry> _held = [];
    private readonly List<RingId> _released = [];
    private int _groupsEver;

    /// <param name="writer">Takes the bytes of each change, and which part of the journal they are of.</param>
    /// <param name="hasSequenceIds">Ids of records are <c>sequence-0</c>.</param>
    public GroupTable(PartWriter writer, bool hasSequenceIds)
    {
        _journal = new GroupJournal(change => writer(JournalOp.Groups, change));
        _writer = writer;
        HasSequenceIds = hasSequenceIds;
        Claims = new GroupClaims(this, change => writer(JournalOp.GroupClaims, change));
    }

    public GroupClaims Claims { get; }

    public bool HasSequenceIds { get; }

    public int Count => _groups.Count;

    /// <summary>By name, in the order of its bytes.</summary>
    public IEnumerable<ConsumerGroup> All => _groups.Values.OrderBy(group => group.Name, NameOrder.Instance);

    public ConsumerGroup? Find(string name) => _groups.GetValueOrDefault(name);

    public ConsumerGroup? Find(int number) => _byNumber.GetValueOrDefault(number);

    /// <summary>The id by which groups know a record.</summary>
    public RingId IdOf(in RecordView record) => HasSequenceIds ? new RingId((ulong)record.Sequence.Value, 0) : record.Id;

    public static bool IsNameTooLong(string name) => name.Length > GroupLimits.NameBytesMax / 3 && Encoding.UTF8.GetByteCount(name) > GroupLimits.NameBytesMax;

    public GroupOutcome Create(string name, RingId last, Sequence? next, long? entriesRead, string? key)
    {
        if (_groups.ContainsKey(name)) return GroupOutcome.Exists;
        if (_groups.Count >= GroupLimits.GroupsMax || IsNameTooLong(name)) return GroupOutcome.Full;
        var group = Restore(_groupsEver + 1, name);
        Move(group, last, next, entriesRead);
        if (key is null) return GroupOutcome.Done;
        group.Restrict(key);
        var change = new ArrayBufferWriter<byte>(key.Length + 16);
        WriteKey(change, group);
        _writer(JournalOp.GroupKeys, change.WrittenSpan);
        return GroupOutcome.Done;
    }

    public void Move(ConsumerGroup group, RingId last, Sequence? next, long? entriesRead)
    {
        group.MoveTo(last, next);
        group.EntriesRead = entriesRead;
        _journal.Group(group);
    }

    /// <summary>Moves a group over a page of records of which none is to be handed out.</summary>
    public void MoveBehind(ConsumerGroup group, RecordPage page)
    {
        var (last, next) = (group.LastId, group.Next);
        foreach (var record in page) (last, next) = (IdOf(record), record.Sequence.Next());
        Move(group, last, next, HasSequenceIds ? (long)last.Milliseconds : null);
    }

    public void Delete(ConsumerGroup group)
    {
        Remove(group);
        _journal.GroupGone(group);
    }

    /// <summary>The consumer, created if it is new.</summary>
    /// <returns>Null when the group has as many as it may.</returns>
    public GroupConsumer? Take(ConsumerGroup group, string name, RecordTime now, out bool isNew)
    {
        isNew = false;
        if (group.Find(name) is { } known)
        {
            known.SeenAt = now;
            return known;
        }

        if (group.ConsumerCount >= GroupLimits.ConsumersMax || IsNameTooLong(name)) return null;
        isNew = true;
        var consumer = group.Add(group.NextConsumerNumber, name);
        consumer.SeenAt = now;
        _journal.Consumer(group, consumer);
        return consumer;
    }

    /// <returns>How many entries were pending with it.</returns>
    public int Delete(ConsumerGroup group, GroupConsumer consumer)
    {
        var pending = consumer.Pending.Count;
        group.Remove(consumer);
        _journal.ConsumerGone(group, consumer);
        return pending;
    }

    /// <summary>Moves a group over a page of records, the next ones after its last id, and makes them pending unless they count as acknowledged.</summary>
    public void Deliver(ConsumerGroup group, GroupConsumer consumer, RecordPage page, in ReadCounts counts, bool isAcknowledged, RecordTime now)
    {
        _runs.Clear();
        var (last, next) = (group.LastId, Sequence.None);
        foreach (var record in page)
        {
            (last, next) = (IdOf(record), record.Sequence.Next());
            group.EntriesRead = counts.After(last, group.EntriesRead);
            if (isAcknowledged) continue;
            group.Hold(new PendingEntry(last, record.Sequence, consumer, now, 1));
            AddToRuns(last, record.Sequence);
        }

        group.MoveTo(last, next);
        consumer.ActiveAt = now;
        _journal.Delivered(group, consumer, now, _runs);
    }

    /// <summary>Makes entries pending with a consumer as of one time.</summary>
    /// <param name="group">The group.</param>
    /// <param name="consumer">Who gets them.</param>
    /// <param name="entries">With the numbers of their deliveries; consumer and time are set here.</param>
    /// <param name="at">When they count as delivered.</param>
    public void Hold(ConsumerGroup group, GroupConsumer consumer, IReadOnlyList<PendingEntry> entries, RecordTime at)
    {
        if (entries.Count == 0) return;
        _held.Clear();
        foreach (var entry in entries)
        {
            var held = entry with { Consumer = consumer, DeliveredAt = at, Hold = null };
            group.Hold(held);
            _held.Add(held);
        }

        consumer.ActiveAt = consumer.SeenAt;
        _journal.Held(group, consumer, at, _held);
        _held.Clear();
    }

    /// <returns>How many of them were pending.</returns>
    public int Release(ConsumerGroup group, IReadOnlyList<RingId> ids)
    {
        _released.Clear();
        for (var i = 0; i < ids.Count; i++)
            if (group.Release(ids[i])) _released.Add(ids[i]);
        if (_released.Count > 0) _journal.Released(group, _released);
        return _released.Count;
    }

    /// <summary>What groups know of where ids stand no longer holds.</summary>
    public void ForgetPlaces()
    {
        foreach (var group in _groups.Values) group.ForgetPlace();
    }

    public void Apply(ReadOnlySpan<byte> change) => GroupJournal.Apply(change, this);

    /// <summary>There are groups of one key.</summary>
    public bool HasKeys => _groups.Values.Any(group => group.Key is not null);

    public void WriteKeys(IBufferWriter<byte> target)
    {
        foreach (var group in _groups.Values)
            if (group.Key is not null) WriteKey(target, group);
    }

    public void ReadKeys(ReadOnlySpan<byte> source)
    {
        for (var at = 0; at < source.Length;)
        {
            var group = GroupJournal.Known(this, (int)Varint.Read(source, ref at));
            group.Restrict(GroupJournal.ReadText(source, ref at));
        }
    }

    public void WriteSnapshot(IBufferWriter<byte> target) => GroupSnapshot.Write(target, _groups.Values);

    public void ReadSnapshot(ReadOnlySpan<byte> source) => GroupSnapshot.Read(source, this);

    /// <summary>For recovery: the group of a number, created if it is new.</summary>
    internal ConsumerGroup Restore(int number, string name)
    {
        if (_byNumber.TryGetValue(number, out var known)) return known;
        var group = new ConsumerGroup(number, name);
        _groups[name] = group;
        _byNumber[number] = group;
        _groupsEver = Math.Max(_groupsEver, number);
        return group;
    }

    internal void Remove(ConsumerGroup group)
    {
        _groups.Remove(group.Name);
        _byNumber.Remove(group.Number);
    }

    private static void WriteKey(IBufferWriter<byte> target, ConsumerGroup group)
    {
        GroupJournal.Number(target, group.Number);
        GroupJournal.Text(target, group.Key!);
    }

    private void AddToRuns(RingId id, Sequence sequence)
    {
        if (_runs.Count > 0)
        {
            var run = _runs[^1];
            if (run.First.Milliseconds == id.Milliseconds && id.Number - run.First.Number == (ulong)run.Count && sequence.Value - run.Sequence.Value == run.Count)
            {
                _runs[^1] = run with { Count = run.Count + 1 };
                return;
            }
        }

        _runs.Add(new DeliveredRun(id, sequence, 1));
    }
}

/// <summary>Takes the bytes of a change, valid during the call.</summary>
/// <param name="op">The part of the journal they are of.</param>
/// <param name="change">The bytes.</param>
internal delegate void PartWriter(byte op, ReadOnlySpan<byte> change);
