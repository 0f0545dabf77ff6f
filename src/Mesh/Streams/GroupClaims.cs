namespace Mesh;

/// <summary>Claims records of a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Consumer">Who gets them; created if it is new and there are any.</param>
/// <param name="RecordsMax">1 to <see cref="GroupLimits.ClaimRecordsMax"/>; of very large records fewer come.</param>
/// <param name="VisibilityTimeout">For how long nobody else gets them. 1 µs to <see cref="GroupLimits.TermMax"/>.</param>
public sealed record GroupClaim(string Group, string Consumer, int RecordsMax, TimeSpan VisibilityTimeout)
{
    /// <summary>The claim's name, chosen by the caller and given to no other: asked for again while it lives, it is answered as it stands. Null lets one be chosen.</summary>
    public ClaimId? Id { get; init; }

    /// <summary>How long to wait for the first record, at most. Zero does not wait.</summary>
    public TimeSpan Wait { get; init; }
}

/// <summary>Records that a claim holds.</summary>
/// <param name="Outcome">Whether there is such a group, or claim.</param>
/// <param name="Id">The claim: its acknowledgements name it. Null when there was no record to be had.</param>
/// <param name="Records">The records: those handed out before come first.</param>
/// <param name="DeliveryCounts">How often each was handed out, this time counted, in the same order.</param>
/// <param name="ClaimedAt">When it was made or last extended.</param>
/// <param name="VisibleAgainAt">When others may have them.</param>
/// <param name="Now">The stream's clock at the time of the answer.</param>
public sealed record ClaimedRecords(
    GroupOutcome Outcome,
    ClaimId? Id,
    RecordPage Records,
    IReadOnlyList<long> DeliveryCounts,
    RecordTime ClaimedAt,
    RecordTime VisibleAgainAt,
    RecordTime Now);

/// <summary>Gives records of a claim back.</summary>
/// <param name="Group">The group.</param>
/// <param name="Claim">The claim.</param>
/// <param name="Sequences">Which, at most <see cref="GroupLimits.ClaimRecordsMax"/>; null gives back all that it holds.</param>
/// <param name="IsCounted">The delivery counts as one; else it is as if it had not been.</param>
public sealed record GroupRelease(string Group, ClaimId Claim, IReadOnlyList<Sequence>? Sequences, bool IsCounted);

/// <summary>What became of the acknowledgement of one record.</summary>
public enum GroupAck
{
    /// <summary>The record is acknowledged, now or since earlier.</summary>
    Acknowledged,

    /// <summary>The claim does not hold the record, or not any more: it waits for another claim, or another has it. Nothing was changed.</summary>
    ClaimExpired,

    /// <summary>Retention has taken the record, or it was deleted: it is not handed out again.</summary>
    Gone,

    /// <summary>The group has not come to the record yet.</summary>
    NotDelivered,
}

/// <summary>What became of acknowledgements.</summary>
/// <param name="Outcome">Whether there is such a group.</param>
/// <param name="Results">One for each record, in the order asked for.</param>
public sealed record GroupAcks(GroupOutcome Outcome, IReadOnlyList<GroupAck> Results);

/// <summary>How a group treats what is claimed too often. What is null is as the stream's options say.</summary>
public sealed record GroupOptions
{
    /// <summary>After so many claims the next one moves the record to <see cref="DeadLetterQueue"/> instead. From 1.</summary>
    public int? DeliveryCountMax { get; init; }

    /// <summary>Name of the queue, in the same project, that takes dead letters; each says where it comes from (<see cref="Frames.DeadLetterOrigin"/>).</summary>
    public string? DeadLetterQueue { get; init; }

    /// <summary>Time to live of a dead letter from the moment it moves, 1 µs to <see cref="GroupLimits.TermMax"/>. Null keeps the time that was left.</summary>
    public TimeSpan? DeadLetterTtl { get; init; }
}

/// <summary>Where a group stands.</summary>
/// <param name="Outcome">Whether there is such a group; all else counts only if there is.</param>
/// <param name="Next">The offset: the next new record that it hands out has this sequence or a later one.</param>
/// <param name="Lag">Records still to be handed out for the first time; null for a group of one key that is far behind, whose records are not counted.</param>
/// <param name="LagTime">How long ago the first of them came; zero when there is none.</param>
/// <param name="Pending">Records handed out and not acknowledged.</param>
/// <param name="Claimed">Those of them that live claims hold.</param>
/// <param name="Free">Those of them that wait for the next claim.</param>
/// <param name="Options">How it treats what is claimed too often, as it was set.</param>
public sealed record GroupPosition(GroupOutcome Outcome, Sequence Next, long? Lag, TimeSpan LagTime, long Pending, long Claimed, long Free, GroupOptions Options)
{
    /// <summary>The answer for a group that there is not.</summary>
    public static GroupPosition Of(GroupOutcome outcome) => new(outcome, Sequence.None, 0, TimeSpan.Zero, 0, 0, 0, new GroupOptions());
}
