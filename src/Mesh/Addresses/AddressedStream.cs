using Mesh.Topics;

namespace Mesh.Addresses;

/// <summary>What an address names in one project.</summary>
/// <param name="Address">The address.</param>
/// <param name="Stream">The stream that holds the records.</param>
/// <param name="Log">Its log. A room that keeps no history has none that exists (<see cref="RoomHistory"/>). Append by <see cref="AppendAsync"/> instead.</param>
/// <param name="Key">The key whose records are meant. They keep the stream's own sequences, so there are gaps between them. Null for the whole stream.</param>
public sealed record AddressedStream(StreamAddress Address, StreamName Stream, IStreamLog Log, string? Key)
{
    /// <summary>Set of a topic: what gives it its home.</summary>
    internal TopicPartitions? Topics { get; init; }

    /// <summary>Appends records, of <see cref="Key"/> if there is one, as the log does. A topic's home is made as its rule says, so that its subscribers hear of it.</summary>
    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> segment, AppendOptions options = default) =>
        Topics is null ? Log.AppendAsync(segment, options) : Topics.AppendAsync(Topics.Homes.HomeOf(Address.Name), segment, options);

    /// <summary>False for a room whose messages go to whoever listens when they come, and nowhere else: nothing is read or followed there.</summary>
    public async ValueTask<bool> KeepsHistoryAsync(CancellationToken cancel = default) =>
        Stream.Kind != StreamKind.Room || (await Log.StateAsync(cancel).ConfigureAwait(false)).Number is not null;

    /// <summary>Its consumer groups, those of the key where one is named. Null when it has none: queues, whose claims are for all.</summary>
    public IConsumerGroups? Groups => Log is not IConsumerGroups groups ? null : Key is null ? groups : new KeyedGroups(groups, Key);

    /// <summary>The key that a record gets which names none. A message of a room has the room's name; elsewhere it is the view's key, or empty.</summary>
    public byte[] RecordKey => Stream.Kind == StreamKind.Room ? RoomHistory.RoomOf(Stream) : System.Text.Encoding.UTF8.GetBytes(Key ?? "");

    /// <summary>Makes a topic's home as its rule says, for whoever is about to make the stream by other means than an append. Does nothing for the rest.</summary>
    /// <returns>Why it cannot be; null when it may be made.</returns>
    public ValueTask<AppendResult?> PrepareAsync() => Topics is null ? default : Topics.PrepareAsync(Topics.Homes.HomeOf(Address.Name));

    /// <summary>Appends records later, as <see cref="ISchedules.AddAsync"/> does. A topic's home is made now.</summary>
    /// <exception cref="ArgumentException">As there.</exception>
    public async ValueTask<ScheduleResult> ScheduleAsync(
        ISchedules schedules, ReadOnlyMemory<byte> segment, Due due, ReadOnlyMemory<byte> dedupeId = default, CancellationToken cancel = default)
    {
        if (await PrepareAsync().ConfigureAwait(false) is { } refused) return new ScheduleResult.Refused(refused);
        return await schedules.AddAsync(Stream, segment, due, dedupeId, cancel).ConfigureAwait(false);
    }
}
