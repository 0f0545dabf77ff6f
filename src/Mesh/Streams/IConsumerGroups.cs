namespace Mesh;

/// <summary>
/// Consumer groups of a stream (Redis 7.0 streams): a group hands each record out once, to one of its consumers, and keeps it among the consumer's pending
/// entries until it is acknowledged. Cursors, pending entries, claims and delivery counts are as durable as the records, and none of them consumes the log:
/// what is acknowledged stays readable, and retention takes what is not. Nothing here creates a stream, unless it says so. An entry's id is its record's Redis
/// id on a ring, and on any other stream <c>sequence-0</c>. Thread-safe; failures as <see cref="IStreamLog"/> says.
/// </summary>
/// <remarks>
/// Records are handed out in two ways, which a group may mix. What is <em>delivered</em> is pending without a limit in time, until it is acknowledged or somebody
/// takes it who finds it idle. What is <em>claimed</em> is its holder's for a visibility timeout, and nobody takes it before; then the next claim gets it first.
/// </remarks>
public interface IConsumerGroups
{
    /// <summary>The stream with its groups.</summary>
    /// <param name="group">Only this group; null for all.</param>
    /// <param name="pendingMax">Pending entries shown for each group and each consumer.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>Null when it does not exist.</returns>
    ValueTask<LogInfo?> DescribeAsync(string? group, int pendingMax, CancellationToken cancel = default);

    /// <summary>Where a group stands, and how far it is behind.</summary>
    ValueTask<GroupPosition> PositionAsync(string group, CancellationToken cancel = default);

    /// <param name="group">At most <see cref="GroupLimits.NameBytesMax"/> bytes as UTF-8.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="createStream">Creates a missing stream too.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<GroupAnswer> CreateGroupAsync(string group, GroupStart start, bool createStream, CancellationToken cancel = default);

    /// <summary>Moves a group; what is pending stays pending.</summary>
    ValueTask<GroupAnswer> MoveGroupAsync(string group, GroupStart start, CancellationToken cancel = default);

    /// <summary>Says what becomes of records that are claimed too often; of those that were before, too.</summary>
    ValueTask<GroupAnswer> SetGroupOptionsAsync(string group, GroupOptions options, CancellationToken cancel = default);

    /// <summary>Deletes a group with all it knows. Whoever waits at the stream is woken.</summary>
    ValueTask<GroupAnswer> DeleteGroupAsync(string group, CancellationToken cancel = default);

    /// <returns><see cref="GroupOutcome.Exists"/> when the group had the consumer.</returns>
    ValueTask<GroupAnswer> CreateConsumerAsync(string group, string consumer, CancellationToken cancel = default);

    /// <summary>Deletes a consumer; its pending entries go with it.</summary>
    /// <returns>Counts them.</returns>
    ValueTask<GroupAnswer> DeleteConsumerAsync(string group, string consumer, CancellationToken cancel = default);

    /// <summary>Hands records to a consumer: new ones, or those that are pending with it already. A consumer that is new is created when there is a record for it.</summary>
    ValueTask<GroupRecords> DeliverAsync(GroupRead read, CancellationToken cancel = default);

    /// <summary>Waits until a group may have new records, or is no more.</summary>
    /// <param name="group">The group.</param>
    /// <param name="until">The sequence after the last one the stream was known to hold.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>False when the time was up first. True when the stream holds that record or a later one, when it is not the stream it was, and when it or the group does
    /// not exist, however shortly before the call either was deleted.</returns>
    ValueTask<bool> WaitForGroupAsync(string group, Sequence until, TimeSpan timeout, CancellationToken cancel = default);

    /// <summary>Takes entries off the group's pending ones; those that are not pending are no error.</summary>
    /// <returns>Counts those that were.</returns>
    ValueTask<GroupAnswer> AcknowledgeAsync(string group, IReadOnlyList<RingId> ids, CancellationToken cancel = default);

    /// <summary>Gives entries that are pending to a consumer, by their ids.</summary>
    ValueTask<GroupRecords> ClaimPendingAsync(PendingClaim claim, CancellationToken cancel = default);

    /// <summary>Gives entries that have been pending for long to a consumer, in the order of their ids.</summary>
    ValueTask<GroupRecords> ClaimIdleAsync(IdleClaim claim, CancellationToken cancel = default);

    /// <summary>What is pending, in the order of ids.</summary>
    ValueTask<PendingPage> PendingAsync(string group, PendingQuery query, CancellationToken cancel = default);

    /// <summary>
    /// Claims records for a consumer: first those whose visibility timeout has passed or that were released, in the order of their ids, then new ones. What was
    /// claimed too often goes to the group's dead letters instead (<see cref="GroupOptions"/>).
    /// </summary>
    /// <param name="claim">What is asked for.</param>
    /// <param name="cancel">Ends the call; what was claimed by then stays claimed until its time is up.</param>
    ValueTask<ClaimedRecords> ClaimAsync(GroupClaim claim, CancellationToken cancel = default);

    /// <summary>A live claim with the records that it still holds.</summary>
    /// <returns><see cref="GroupOutcome.ClaimExpired"/> when it is unknown, released or expired, or holds none any more.</returns>
    ValueTask<ClaimedRecords> FindClaimAsync(string group, ClaimId claim, CancellationToken cancel = default);

    /// <summary>Counts a claim's time anew from now.</summary>
    /// <param name="group">The group.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="visibilityTimeout">As in <see cref="GroupClaim"/>.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>Counts the records it holds; <see cref="GroupOutcome.ClaimExpired"/> as <see cref="FindClaimAsync"/> says.</returns>
    ValueTask<GroupAnswer> ExtendAsync(string group, ClaimId claim, TimeSpan visibilityTimeout, CancellationToken cancel = default);

    /// <summary>Gives records of a claim back to the group: the next claim gets them. Those that the claim does not hold are no error.</summary>
    /// <returns>Counts those that it held.</returns>
    ValueTask<GroupAnswer> ReleaseAsync(GroupRelease release, CancellationToken cancel = default);

    /// <summary>Acknowledges records of a claim: the group never hands them out again.</summary>
    /// <param name="group">The group.</param>
    /// <param name="claim">The claim that holds them.</param>
    /// <param name="sequences">At most <see cref="GroupLimits.EntriesMax"/>.</param>
    /// <param name="cancel">Ends the call.</param>
    ValueTask<GroupAcks> AckAsync(string group, ClaimId claim, IReadOnlyList<Sequence> sequences, CancellationToken cancel = default);
}

/// <summary>Bounds of consumer groups; beyond them the answer is <see cref="GroupOutcome.Full"/>.</summary>
public static class GroupLimits
{
    /// <summary>Bytes of a group's or consumer's name.</summary>
    public const int NameBytesMax = 64 * 1024;

    /// <summary>Groups of one stream.</summary>
    public const int GroupsMax = 10_000;

    /// <summary>Consumers of one group.</summary>
    public const int ConsumersMax = 100_000;

    /// <summary>Entries pending in one group, some 100 bytes each.</summary>
    public const int PendingMax = 10_000_000;

    /// <summary>Entries of one call.</summary>
    public const int EntriesMax = ReadQuery.RecordsLimit;

    /// <summary>Records of one claim.</summary>
    public const int ClaimRecordsMax = 1000;

    /// <summary>The longest visibility timeout, and the longest time to live of a dead letter.</summary>
    public static readonly TimeSpan TermMax = TimeSpan.FromDays(366);
}

/// <summary>What became of a call about a group.</summary>
public enum GroupOutcome
{
    Done,

    /// <summary>The stream does not exist.</summary>
    NoStream,

    /// <summary>The stream has no such group.</summary>
    NoGroup,

    /// <summary>There was one of that name; nothing was changed.</summary>
    Exists,

    /// <summary>A bound of <see cref="GroupLimits"/> is reached; nothing was changed.</summary>
    Full,

    /// <summary>The claim is unknown, released or expired, or holds no record any more; nothing was changed.</summary>
    ClaimExpired,
}

/// <summary>The outcome, and how many entries or names it concerned.</summary>
public readonly record struct GroupAnswer(GroupOutcome Outcome, long Count = 0);

/// <summary>Where a group stands.</summary>
/// <param name="After">The last id it takes as delivered; null for the newest record's.</param>
/// <param name="EntriesRead">How many records it takes as delivered; null when that is not known.</param>
public readonly record struct GroupStart(RingId? After, long? EntriesRead)
{
    /// <summary>The first record it hands out next, or the first one after it that there is; beyond the end, the next one that comes. Goes before <see cref="After"/>.</summary>
    public Sequence? From { get; init; }

    /// <summary>As <see cref="From"/>, by time: the first record of this time or later.</summary>
    public RecordTime? FromTime { get; init; }

    /// <summary>A group that is created hands out records of this key alone, from then on; nothing changes that. Null hands out all. Not on rings, whose records have no keys.</summary>
    public string? Key { get; init; }

    /// <summary>From the oldest record that there is.</summary>
    public static readonly GroupStart Oldest = new(RingId.None, null);

    /// <summary>Behind the newest record that there is.</summary>
    public static readonly GroupStart Newest;

    public static GroupStart At(Sequence from) => new() { From = from };

    public static GroupStart At(RecordTime from) => new() { FromTime = from };
}

/// <summary>Asks for records of a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Consumer">Who asks.</param>
/// <param name="RecordsMax">1 to <see cref="GroupLimits.EntriesMax"/>.</param>
/// <param name="After">Null for new records; else those that are pending with the consumer already, with greater ids.</param>
/// <param name="IsAcknowledged">New records do not become pending.</param>
public sealed record GroupRead(string Group, string Consumer, int RecordsMax, RingId? After, bool IsAcknowledged);

/// <summary>Gives pending entries to a consumer.</summary>
/// <param name="Group">The group.</param>
/// <param name="Consumer">Who gets them; created if it is new and there are any.</param>
/// <param name="Ids">At most <see cref="GroupLimits.EntriesMax"/>.</param>
public sealed record PendingClaim(string Group, string Consumer, IReadOnlyList<RingId> Ids)
{
    /// <summary>Only entries that were last delivered so long ago.</summary>
    public TimeSpan IdleMin { get; init; }

    /// <summary>When they count as delivered; null is now.</summary>
    public RecordTime? DeliveredAt { get; init; }

    /// <summary>How often they count as delivered; null counts one more.</summary>
    public long? Deliveries { get; init; }

    /// <summary>Records that are not pending become so.</summary>
    public bool Force { get; init; }

    /// <summary>Answers without the records, and counts no delivery.</summary>
    public bool IdsOnly { get; init; }

    /// <summary>Moves the group on to this id if it stands before it.</summary>
    public RingId LastId { get; init; }
}

/// <summary>Gives entries to a consumer that nobody has acknowledged for long.</summary>
/// <param name="Group">The group.</param>
/// <param name="Consumer">Who gets them; created if it is new and there are any.</param>
/// <param name="IdleMin">Only entries that were last delivered so long ago.</param>
/// <param name="Start">The smallest id looked at.</param>
/// <param name="EntriesMax">How many are claimed, 1 to <see cref="GroupLimits.EntriesMax"/>; ten times as many are looked at.</param>
/// <param name="IdsOnly">Answers without the records, and counts no delivery.</param>
public sealed record IdleClaim(string Group, string Consumer, TimeSpan IdleMin, RingId Start, int EntriesMax, bool IdsOnly);

/// <summary>Records handed to a consumer.</summary>
/// <param name="Outcome">Whether they were.</param>
/// <param name="Records">Those that there are, in the order asked for. <see cref="RecordPage.Next"/> of new records is the sequence to wait for.</param>
/// <param name="Ids">Claims: the ids of what was claimed.</param>
/// <param name="Missing">Ids of entries whose records are gone: history leaves them pending, claims take them off.</param>
/// <param name="Next">Where <see cref="IdleClaim"/> goes on; 0-0 at the end.</param>
public sealed record GroupRecords(GroupOutcome Outcome, RecordPage Records, IReadOnlyList<RingId> Ids, IReadOnlyList<RingId> Missing, RingId Next);

/// <summary>Asks what is pending.</summary>
/// <param name="Start">Smallest id.</param>
/// <param name="End">Greatest id.</param>
/// <param name="EntriesMax">0 to <see cref="GroupLimits.EntriesMax"/>.</param>
/// <param name="Consumer">Only with this one; null with all.</param>
/// <param name="IdleMin">Only what was last delivered so long ago.</param>
public sealed record PendingQuery(RingId Start, RingId End, int EntriesMax, string? Consumer, TimeSpan IdleMin);

/// <summary>One pending entry.</summary>
/// <param name="Id">The record's id; it may be gone.</param>
/// <param name="Consumer">Who has it.</param>
/// <param name="DeliveredAt">When it was last delivered.</param>
/// <param name="Deliveries">How often it was delivered.</param>
public readonly record struct PendingView(RingId Id, string Consumer, RecordTime DeliveredAt, long Deliveries);

/// <summary>What is pending.</summary>
/// <param name="Outcome">Whether there is such a group.</param>
/// <param name="Entries">In the order of ids.</param>
/// <param name="Now">The stream's clock at the time of the answer.</param>
public sealed record PendingPage(GroupOutcome Outcome, IReadOnlyList<PendingView> Entries, RecordTime Now);
