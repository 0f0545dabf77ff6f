namespace Mesh;

/// <summary>All that is known of a stream beside its records. On streams other than rings an id is <c>sequence-0</c>.</summary>
/// <param name="Length">Records it has.</param>
/// <param name="FirstId">Id of the oldest; 0-0 when there is none.</param>
/// <param name="LastId">The greatest id there ever was, or was set.</param>
/// <param name="MaxDeletedId">The greatest id ever deleted by itself; 0-0 on streams other than rings.</param>
/// <param name="EntriesAdded">Records ever added, or as it was set.</param>
/// <param name="Groups">Its groups, by name.</param>
/// <param name="Now">The stream's clock at the time of the answer.</param>
public sealed record LogInfo(long Length, RingId FirstId, RingId LastId, RingId MaxDeletedId, long EntriesAdded, IReadOnlyList<GroupInfo> Groups, RecordTime Now);

/// <summary>One consumer group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LastDelivered">The last id it takes as delivered.</param>
/// <param name="EntriesRead">How many records it takes as delivered; null when that is not known.</param>
/// <param name="Lag">How many are still to be delivered; null when that is not known.</param>
/// <param name="PendingCount">Entries pending.</param>
/// <param name="PendingFirst">Smallest of their ids; 0-0 when there are none.</param>
/// <param name="PendingLast">Greatest of their ids.</param>
/// <param name="Pending">The first of them, as many as were asked for.</param>
/// <param name="Consumers">Its consumers, by name.</param>
public sealed record GroupInfo(
    string Name,
    RingId LastDelivered,
    long? EntriesRead,
    long? Lag,
    long PendingCount,
    RingId PendingFirst,
    RingId PendingLast,
    IReadOnlyList<PendingView> Pending,
    IReadOnlyList<ConsumerInfo> Consumers);

/// <summary>One consumer of a group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SeenAt">When it last asked for anything.</param>
/// <param name="ActiveAt">When it last got something; null when it never did.</param>
/// <param name="PendingCount">Entries pending with it.</param>
/// <param name="Pending">The first of them, as many as were asked for.</param>
public sealed record ConsumerInfo(string Name, RecordTime SeenAt, RecordTime? ActiveAt, long PendingCount, IReadOnlyList<PendingView> Pending);
