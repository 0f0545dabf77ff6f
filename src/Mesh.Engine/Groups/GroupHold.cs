namespace Mesh.Engine.Groups;

/// <summary>What holds pending entries of a group against others: a claim, until its time is up. Not thread-safe.</summary>
/// <param name="id">The claim's name.</param>
/// <param name="group">The group.</param>
/// <param name="at">When it was made.</param>
/// <param name="timeout">Its visibility timeout.</param>
internal sealed class GroupHold(ClaimId id, ConsumerGroup? group, RecordTime at, TimeSpan timeout)
{
    /// <summary>Nothing does: the next claim gets the entry.</summary>
    public static readonly GroupHold Free = new(default, null, default, default);

    /// <summary>The record is on its way to the dead letters.</summary>
    public static readonly GroupHold Dying = new(default, null, default, default);

    public ClaimId Id => id;

    public ConsumerGroup? Group => group;

    public bool IsLive => group is not null;

    public RecordTime At { get; private set; } = at;

    public TimeSpan Timeout { get; private set; } = timeout;

    public RecordTime EndsAt => At.Plus(Timeout);

    /// <summary>What it was made for, in the order of the answer; it may hold less by now.</summary>
    public List<(RingId Id, Sequence Sequence)> Entries { get; } = [];

    /// <summary>Entries it holds.</summary>
    public int Count { get; set; }

    public void Extend(RecordTime now, TimeSpan visibilityTimeout) => (At, Timeout) = (now, visibilityTimeout);

    /// <summary>The claim holds the entry.</summary>
    public bool Holds(RingId entry) => group!.Pending.TryGet(entry, out var pending) && pending.Hold == this;

    /// <summary>The id of a record that the claim holds; null when it does not.</summary>
    public RingId? Find(Sequence sequence)
    {
        foreach (var entry in Entries)
            if (entry.Sequence == sequence && Holds(entry.Id)) return entry.Id;
        return null;
    }
}
