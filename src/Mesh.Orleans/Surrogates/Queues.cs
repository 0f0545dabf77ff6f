namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct QueueQueryForm
{
    [Id(0)]
    public long After;

    [Id(1)]
    public int RecordsMax;

    [Id(2)]
    public string? ExceptProducer;

    [Id(3)]
    public bool IncludeClaimed;

    [Id(4)]
    public bool IncludeDelayed;
}

[RegisterConverter]
internal sealed class QueueQueryConverter : IConverter<QueueQuery, QueueQueryForm>
{
    public QueueQuery ConvertFromSurrogate(in QueueQueryForm surrogate) => new()
    {
        After = new Sequence(surrogate.After),
        RecordsMax = surrogate.RecordsMax,
        ExceptProducer = surrogate.ExceptProducer,
        IncludeClaimed = surrogate.IncludeClaimed,
        IncludeDelayed = surrogate.IncludeDelayed,
    };

    public QueueQueryForm ConvertToSurrogate(in QueueQuery value) => new()
    {
        After = value.After.Value,
        RecordsMax = value.RecordsMax,
        ExceptProducer = value.ExceptProducer,
        IncludeClaimed = value.IncludeClaimed,
        IncludeDelayed = value.IncludeDelayed,
    };
}

[GenerateSerializer, Immutable]
internal struct QueueRecordStateForm
{
    [Id(0)]
    public ClaimId? Claim;

    [Id(1)]
    public int DeliveryCount;

    [Id(2)]
    public long ExpiresAt;
}

[RegisterConverter]
internal sealed class QueueRecordStateConverter : IConverter<QueueRecordState, QueueRecordStateForm>
{
    public QueueRecordState ConvertFromSurrogate(in QueueRecordStateForm surrogate) => new(surrogate.Claim, surrogate.DeliveryCount, new RecordTime(surrogate.ExpiresAt));

    public QueueRecordStateForm ConvertToSurrogate(in QueueRecordState value) =>
        new() { Claim = value.Claim, DeliveryCount = value.DeliveryCount, ExpiresAt = value.ExpiresAt.Micros };
}

[GenerateSerializer, Immutable]
internal struct QueuePageForm
{
    [Id(0)]
    public StreamNumber? Stream;

    [Id(1)]
    public RecordPage Records;

    [Id(2)]
    public QueueRecordState[] States;

    [Id(3)]
    public RecordTime Now;
}

[RegisterConverter]
internal sealed class QueuePageConverter : IConverter<QueuePage, QueuePageForm>
{
    public QueuePage ConvertFromSurrogate(in QueuePageForm surrogate) => new(surrogate.Stream, surrogate.Records, surrogate.States, surrogate.Now);

    public QueuePageForm ConvertToSurrogate(in QueuePage value) =>
        new() { Stream = value.Stream, Records = value.Records, States = [.. value.States], Now = value.Now };
}

[GenerateSerializer, Immutable]
internal struct QueueStatsForm
{
    [Id(0)]
    public long Claimed;

    [Id(1)]
    public long Free;

    [Id(2)]
    public QueuePage Ends;
}

[RegisterConverter]
internal sealed class QueueStatsConverter : IConverter<QueueStats, QueueStatsForm>
{
    public QueueStats ConvertFromSurrogate(in QueueStatsForm surrogate) => new(surrogate.Claimed, surrogate.Free, surrogate.Ends);

    public QueueStatsForm ConvertToSurrogate(in QueueStats value) => new() { Claimed = value.Claimed, Free = value.Free, Ends = value.Ends };
}
