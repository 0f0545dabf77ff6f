namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct GroupClaimForm
{
    [Id(0)]
    public string Group;

    [Id(1)]
    public string Consumer;

    [Id(2)]
    public int RecordsMax;

    [Id(3)]
    public TimeSpan VisibilityTimeout;

    [Id(4)]
    public ClaimId? Id;

    [Id(5)]
    public TimeSpan Wait;
}

[RegisterConverter]
internal sealed class GroupClaimConverter : IConverter<GroupClaim, GroupClaimForm>
{
    public GroupClaim ConvertFromSurrogate(in GroupClaimForm surrogate) => new(surrogate.Group, surrogate.Consumer, surrogate.RecordsMax, surrogate.VisibilityTimeout)
    {
        Id = surrogate.Id,
        Wait = surrogate.Wait,
    };

    public GroupClaimForm ConvertToSurrogate(in GroupClaim value) => new()
    {
        Group = value.Group,
        Consumer = value.Consumer,
        RecordsMax = value.RecordsMax,
        VisibilityTimeout = value.VisibilityTimeout,
        Id = value.Id,
        Wait = value.Wait,
    };
}

[GenerateSerializer, Immutable]
internal struct ClaimedRecordsForm
{
    [Id(0)]
    public GroupOutcome Outcome;

    [Id(1)]
    public ClaimId? Id;

    [Id(2)]
    public RecordPage Records;

    [Id(3)]
    public long[] DeliveryCounts;

    [Id(4)]
    public RecordTime ClaimedAt;

    [Id(5)]
    public RecordTime VisibleAgainAt;

    [Id(6)]
    public RecordTime Now;
}

[RegisterConverter]
internal sealed class ClaimedRecordsConverter : IConverter<ClaimedRecords, ClaimedRecordsForm>
{
    public ClaimedRecords ConvertFromSurrogate(in ClaimedRecordsForm surrogate) => new(
        surrogate.Outcome,
        surrogate.Id,
        surrogate.Records,
        surrogate.DeliveryCounts,
        surrogate.ClaimedAt,
        surrogate.VisibleAgainAt,
        surrogate.Now);

    public ClaimedRecordsForm ConvertToSurrogate(in ClaimedRecords value) => new()
    {
        Outcome = value.Outcome,
        Id = value.Id,
        Records = value.Records,
        DeliveryCounts = [.. value.DeliveryCounts],
        ClaimedAt = value.ClaimedAt,
        VisibleAgainAt = value.VisibleAgainAt,
        Now = value.Now,
    };
}

[GenerateSerializer, Immutable]
internal struct GroupReleaseForm
{
    [Id(0)]
    public string Group;

    [Id(1)]
    public ClaimId Claim;

    [Id(2)]
    public Sequence[]? Sequences;

    [Id(3)]
    public bool IsCounted;
}

[RegisterConverter]
internal sealed class GroupReleaseConverter : IConverter<GroupRelease, GroupReleaseForm>
{
    public GroupRelease ConvertFromSurrogate(in GroupReleaseForm surrogate) => new(surrogate.Group, surrogate.Claim, surrogate.Sequences, surrogate.IsCounted);

    public GroupReleaseForm ConvertToSurrogate(in GroupRelease value) => new()
    {
        Group = value.Group,
        Claim = value.Claim,
        Sequences = value.Sequences is { } listed ? [.. listed] : null,
        IsCounted = value.IsCounted,
    };
}

[GenerateSerializer, Immutable]
internal struct GroupAcksForm
{
    [Id(0)]
    public GroupOutcome Outcome;

    [Id(1)]
    public GroupAck[] Results;
}

[RegisterConverter]
internal sealed class GroupAcksConverter : IConverter<GroupAcks, GroupAcksForm>
{
    public GroupAcks ConvertFromSurrogate(in GroupAcksForm surrogate) => new(surrogate.Outcome, surrogate.Results);

    public GroupAcksForm ConvertToSurrogate(in GroupAcks value) => new()
    {
        Outcome = value.Outcome,
        Results = [.. value.Results],
    };
}

[GenerateSerializer, Immutable]
internal struct GroupOptionsForm
{
    [Id(0)]
    public int? DeliveryCountMax;

    [Id(1)]
    public string? DeadLetterQueue;

    [Id(2)]
    public TimeSpan? DeadLetterTtl;
}

[RegisterConverter]
internal sealed class GroupOptionsConverter : IConverter<GroupOptions, GroupOptionsForm>
{
    public GroupOptions ConvertFromSurrogate(in GroupOptionsForm surrogate) => new()
    {
        DeliveryCountMax = surrogate.DeliveryCountMax,
        DeadLetterQueue = surrogate.DeadLetterQueue,
        DeadLetterTtl = surrogate.DeadLetterTtl,
    };

    public GroupOptionsForm ConvertToSurrogate(in GroupOptions value) => new()
    {
        DeliveryCountMax = value.DeliveryCountMax,
        DeadLetterQueue = value.DeadLetterQueue,
        DeadLetterTtl = value.DeadLetterTtl,
    };
}

[GenerateSerializer, Immutable]
internal struct GroupPositionForm
{
    [Id(0)]
    public GroupOutcome Outcome;

    [Id(1)]
    public Sequence Next;

    [Id(2)]
    public long? Lag;

    [Id(3)]
    public TimeSpan LagTime;

    [Id(4)]
    public long Pending;

    [Id(5)]
    public long Claimed;

    [Id(6)]
    public long Free;

    [Id(7)]
    public GroupOptions Options;
}

[RegisterConverter]
internal sealed class GroupPositionConverter : IConverter<GroupPosition, GroupPositionForm>
{
    public GroupPosition ConvertFromSurrogate(in GroupPositionForm surrogate) => new(
        surrogate.Outcome,
        surrogate.Next,
        surrogate.Lag,
        surrogate.LagTime,
        surrogate.Pending,
        surrogate.Claimed,
        surrogate.Free,
        surrogate.Options);

    public GroupPositionForm ConvertToSurrogate(in GroupPosition value) => new()
    {
        Outcome = value.Outcome,
        Next = value.Next,
        Lag = value.Lag,
        LagTime = value.LagTime,
        Pending = value.Pending,
        Claimed = value.Claimed,
        Free = value.Free,
        Options = value.Options,
    };
}
