namespace Mesh.Engine.Groups;

/// <summary>A record that was handed out and is not acknowledged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Sequence">Its place in the stream.</param>
/// <param name="Consumer">Who has it.</param>
/// <param name="DeliveredAt">When it was last handed out.</param>
/// <param name="Deliveries">How often it was.</param>
internal readonly record struct PendingEntry(RingId Id, Sequence Sequence, GroupConsumer Consumer, RecordTime DeliveredAt, long Deliveries) : IOrdered
{
    /// <summary>What holds it against others; null when it was delivered, and waits for its consumer without a limit in time.</summary>
    public GroupHold? Hold { get; init; }

    /// <summary>Nobody else may have it now.</summary>
    public bool IsHeld => Hold is { } hold && hold != GroupHold.Free;

    public PendingView ToView() => new(Id, Consumer.Name, DeliveredAt, Deliveries);
}

/// <summary>Names a pending entry of a consumer; the group has the rest.</summary>
internal readonly record struct PendingId(RingId Id) : IOrdered;

/// <summary>One consumer of a group. Not thread-safe.</summary>
/// <param name="number">Its number within the group, in the journal.</param>
/// <param name="name">Its name.</param>
internal sealed class GroupConsumer(int number, string name)
{
    public int Number => number;

    public string Name => name;

    /// <summary>When it last asked for anything. What nothing came of is not journaled.</summary>
    public RecordTime SeenAt { get; set; }

    /// <summary>When it last got something; none when it never did.</summary>
    public RecordTime ActiveAt { get; set; }

    public OrderedBlocks<PendingId> Pending { get; } = new();
}
