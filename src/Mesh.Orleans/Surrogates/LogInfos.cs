namespace Mesh.Orleans.Surrogates;

[GenerateSerializer, Immutable]
internal struct LogInfoForm
{
    [Id(0)]
    public long Length;

    [Id(1)]
    public RingId FirstId;

    [Id(2)]
    public RingId LastId;

    [Id(3)]
    public RingId MaxDeletedId;

    [Id(4)]
    public long EntriesAdded;

    [Id(5)]
    public GroupInfo[] Groups;

    [Id(6)]
    public RecordTime Now;
}

[RegisterConverter]
internal sealed class LogInfoConverter : IConverter<LogInfo, LogInfoForm>
{
    public LogInfo ConvertFromSurrogate(in LogInfoForm surrogate) => new(
        surrogate.Length,
        surrogate.FirstId,
        surrogate.LastId,
        surrogate.MaxDeletedId,
        surrogate.EntriesAdded,
        surrogate.Groups,
        surrogate.Now);

    public LogInfoForm ConvertToSurrogate(in LogInfo value) => new()
    {
        Length = value.Length,
        FirstId = value.FirstId,
        LastId = value.LastId,
        MaxDeletedId = value.MaxDeletedId,
        EntriesAdded = value.EntriesAdded,
        Groups = [.. value.Groups],
        Now = value.Now,
    };
}

[GenerateSerializer, Immutable]
internal struct GroupInfoForm
{
    [Id(0)]
    public string Name;

    [Id(1)]
    public RingId LastDelivered;

    [Id(2)]
    public long? EntriesRead;

    [Id(3)]
    public long? Lag;

    [Id(4)]
    public long PendingCount;

    [Id(5)]
    public RingId PendingFirst;

    [Id(6)]
    public RingId PendingLast;

    [Id(7)]
    public PendingView[] Pending;

    [Id(8)]
    public ConsumerInfo[] Consumers;
}

[RegisterConverter]
internal sealed class GroupInfoConverter : IConverter<GroupInfo, GroupInfoForm>
{
    public GroupInfo ConvertFromSurrogate(in GroupInfoForm surrogate) => new(
        surrogate.Name,
        surrogate.LastDelivered,
        surrogate.EntriesRead,
        surrogate.Lag,
        surrogate.PendingCount,
        surrogate.PendingFirst,
        surrogate.PendingLast,
        surrogate.Pending,
        surrogate.Consumers);

    public GroupInfoForm ConvertToSurrogate(in GroupInfo value) => new()
    {
        Name = value.Name,
        LastDelivered = value.LastDelivered,
        EntriesRead = value.EntriesRead,
        Lag = value.Lag,
        PendingCount = value.PendingCount,
        PendingFirst = value.PendingFirst,
        PendingLast = value.PendingLast,
        Pending = [.. value.Pending],
        Consumers = [.. value.Consumers],
    };
}

[GenerateSerializer, Immutable]
internal struct ConsumerInfoForm
{
    [Id(0)]
    public string Name;

    [Id(1)]
    public RecordTime SeenAt;

    [Id(2)]
    public RecordTime? ActiveAt;

    [Id(3)]
    public long PendingCount;

    [Id(4)]
    public PendingView[] Pending;
}

[RegisterConverter]
internal sealed class ConsumerInfoConverter : IConverter<ConsumerInfo, ConsumerInfoForm>
{
    public ConsumerInfo ConvertFromSurrogate(in ConsumerInfoForm surrogate) => new(surrogate.Name, surrogate.SeenAt, surrogate.ActiveAt, surrogate.PendingCount, surrogate.Pending);

    public ConsumerInfoForm ConvertToSurrogate(in ConsumerInfo value) => new()
    {
        Name = value.Name,
        SeenAt = value.SeenAt,
        ActiveAt = value.ActiveAt,
        PendingCount = value.PendingCount,
        Pending = [.. value.Pending],
    };
}
