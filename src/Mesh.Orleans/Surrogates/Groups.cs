namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct GroupAnswerForm
{
    [Id(0)]
    public GroupOutcome Outcome;

    [Id(1)]
    public long Count;
}

[RegisterConverter]
internal sealed class GroupAnswerConverter : IConverter<GroupAnswer, GroupAnswerForm>
{
    public GroupAnswer ConvertFromSurrogate(in GroupAnswerForm surrogate) => new(surrogate.Outcome, surrogate.Count);

    public GroupAnswerForm ConvertToSurrogate(in GroupAnswer value) => new() { Outcome = value.Outcome, Count = value.Count };
}

[GenerateSerializer, Immutable]
internal struct GroupStartForm
{
    [Id(0)]
    public RingId? After;

    [Id(1)]
    public long? EntriesRead;

    [Id(2)]
    public Sequence? From;

    [Id(3)]
    public RecordTime? FromTime;

    [Id(4)]
    public string? Key;
}

[RegisterConverter]
internal sealed class GroupStartConverter : IConverter<GroupStart, GroupStartForm>
{
    public GroupStart ConvertFromSurrogate(in GroupStartForm surrogate) => new(surrogate.After, surrogate.EntriesRead) { From = surrogate.From, FromTime = surrogate.FromTime, Key = surrogate.Key };

    public GroupStartForm ConvertToSurrogate(in GroupStart value) => new()
    {
        After = value.After,
        EntriesRead = value.EntriesRead,
        From = value.From,
        FromTime = value.FromTime,
        Key = value.Key,
    };
}

[GenerateSerializer, Immutable]
internal struct GroupReadForm
{
    [Id(0)]
    public string Group;

    [Id(1)]
    public string Consumer;

    [Id(2)]
    public int RecordsMax;

    [Id(3)]
    public RingId? After;

    [Id(4)]
    public bool IsAcknowledged;
}

[RegisterConverter]
internal sealed class GroupReadConverter : IConverter<GroupRead, GroupReadForm>
{
    public GroupRead ConvertFromSurrogate(in GroupReadForm surrogate) => new(
        surrogate.Group,
        surrogate.Consumer,
        surrogate.RecordsMax,
        surrogate.After,
        surrogate.IsAcknowledged);

    public GroupReadForm ConvertToSurrogate(in GroupRead value) => new()
    {
        Group = value.Group,
        Consumer = value.Consumer,
        RecordsMax = value.RecordsMax,
        After = value.After,
        IsAcknowledged = value.IsAcknowledged,
    };
}

[GenerateSerializer, Immutable]
internal struct PendingClaimForm
{
    [Id(0)]
    public string Group;

    [Id(1)]
    public string Consumer;

    [Id(2)]
    public RingId[] Ids;

    [Id(3)]
    public TimeSpan IdleMin;

    [Id(4)]
    public RecordTime? DeliveredAt;

    [Id(5)]
    public long? Deliveries;

    [Id(6)]
    public bool Force;

    [Id(7)]
    public bool IdsOnly;

    [Id(8)]
    public RingId LastId;
}

[RegisterConverter]
internal sealed class PendingClaimConverter : IConverter<PendingClaim, PendingClaimForm>
{
    public PendingClaim ConvertFromSurrogate(in PendingClaimForm surrogate) => new(surrogate.Group, surrogate.Consumer, surrogate.Ids)
    {
        IdleMin = surrogate.IdleMin,
        DeliveredAt = surrogate.DeliveredAt,
        Deliveries = surrogate.Deliveries,
        Force = surrogate.Force,
        IdsOnly = surrogate.IdsOnly,
        LastId = surrogate.LastId,
    };

    public PendingClaimForm ConvertToSurrogate(in PendingClaim value) => new()
    {
        Group = value.Group,
        Consumer = value.Consumer,
        Ids = [.. value.Ids],
        IdleMin = value.IdleMin,
        DeliveredAt = value.DeliveredAt,
        Deliveries = value.Deliveries,
        Force = value.Force,
        IdsOnly = value.IdsOnly,
        LastId = value.LastId,
    };
}

[GenerateSerializer, Immutable]
internal struct IdleClaimForm
{
    [Id(0)]
    public string Group;

    [Id(1)]
    public string Consumer;

    [Id(2)]
    public TimeSpan IdleMin;

    [Id(3)]
    public RingId Start;

    [Id(4)]
    public int EntriesMax;

    [Id(5)]
    public bool IdsOnly;
}

[RegisterConverter]
internal sealed class IdleClaimConverter : IConverter<IdleClaim, IdleClaimForm>
{
    public IdleClaim ConvertFromSurrogate(in IdleClaimForm surrogate) => new(
        surrogate.Group,
        surrogate.Consumer,
        surrogate.IdleMin,
        surrogate.Start,
        surrogate.EntriesMax,
        surrogate.IdsOnly);

    public IdleClaimForm ConvertToSurrogate(in IdleClaim value) => new()
    {
        Group = value.Group,
        Consumer = value.Consumer,
        IdleMin = value.IdleMin,
        Start = value.Start,
        EntriesMax = value.EntriesMax,
        IdsOnly = value.IdsOnly,
    };
}

[GenerateSerializer, Immutable]
internal struct GroupRecordsForm
{
    [Id(0)]
    public GroupOutcome Outcome;

    [Id(1)]
    public RecordPage Records;

    [Id(2)]
    public RingId[] Ids;

    [Id(3)]
    public RingId[] Missing;

    [Id(4)]
    public RingId Next;
}

[RegisterConverter]
internal sealed class GroupRecordsConverter : IConverter<GroupRecords, GroupRecordsForm>
{
    public GroupRecords ConvertFromSurrogate(in GroupRecordsForm surrogate) => new(surrogate.Outcome, surrogate.Records, surrogate.Ids, surrogate.Missing, surrogate.Next);

    public GroupRecordsForm ConvertToSurrogate(in GroupRecords value) => new()
    {
        Outcome = value.Outcome,
        Records = value.Records,
        Ids = [.. value.Ids],
        Missing = [.. value.Missing],
        Next = value.Next,
    };
}

[GenerateSerializer, Immutable]
internal struct PendingQueryForm
{
    [Id(0)]
    public RingId Start;

    [Id(1)]
    public RingId End;

    [Id(2)]
    public int EntriesMax;

    [Id(3)]
    public string? Consumer;

    [Id(4)]
    public TimeSpan IdleMin;
}

[RegisterConverter]
internal sealed class PendingQueryConverter : IConverter<PendingQuery, PendingQueryForm>
{
    public PendingQuery ConvertFromSurrogate(in PendingQueryForm surrogate) => new(surrogate.Start, surrogate.End, surrogate.EntriesMax, surrogate.Consumer, surrogate.IdleMin);

    public PendingQueryForm ConvertToSurrogate(in PendingQuery value) => new()
    {
        Start = value.Start,
        End = value.End,
        EntriesMax = value.EntriesMax,
        Consumer = value.Consumer,
        IdleMin = value.IdleMin,
    };
}

[GenerateSerializer, Immutable]
internal struct PendingViewForm
{
    [Id(0)]
    public RingId Id;

    [Id(1)]
    public string Consumer;

    [Id(2)]
    public RecordTime DeliveredAt;

    [Id(3)]
    public long Deliveries;
}

[RegisterConverter]
internal sealed class PendingViewConverter : IConverter<PendingView, PendingViewForm>
{
    public PendingView ConvertFromSurrogate(in PendingViewForm surrogate) => new(surrogate.Id, surrogate.Consumer, surrogate.DeliveredAt, surrogate.Deliveries);

    public PendingViewForm ConvertToSurrogate(in PendingView value) => new()
    {
        Id = value.Id,
        Consumer = value.Consumer,
        DeliveredAt = value.DeliveredAt,
        Deliveries = value.Deliveries,
    };
}

[GenerateSerializer, Immutable]
internal struct PendingPageForm
{
    [Id(0)]
    public GroupOutcome Outcome;

    [Id(1)]
    public PendingView[] Entries;

    [Id(2)]
    public RecordTime Now;
}

[RegisterConverter]
internal sealed class PendingPageConverter : IConverter<PendingPage, PendingPageForm>
{
    public PendingPage ConvertFromSurrogate(in PendingPageForm surrogate) => new(surrogate.Outcome, surrogate.Entries, surrogate.Now);

    public PendingPageForm ConvertToSurrogate(in PendingPage value) => new() { Outcome = value.Outcome, Entries = [.. value.Entries], Now = value.Now };
}
