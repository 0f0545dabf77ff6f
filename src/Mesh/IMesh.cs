namespace Mesh;

/// <summary>
/// All streams, wherever they live: the one interface that doors and embedding programs call. Streams are named, never opened:
/// a handle is cheap, holds nothing, and stays good when the stream moves, is deleted or made again. Thread-safe.
/// </summary>
public interface IMesh
{
    /// <summary>Which streams exist, and what they keep.</summary>
    ICatalogue Catalogue { get; }

    /// <summary>Live pub/sub of the process or, in a cluster, of all of it.</summary>
    IRooms Rooms { get; }

    /// <summary>The processes that rooms are assigned to.</summary>
    INodes Nodes { get; }

    /// <summary>The stores over which queues are spread.</summary>
    IPools Pools { get; }

    /// <summary>Records that are appended later.</summary>
    ISchedules Schedules { get; }

    IChannel Channel(StreamName name);

    IQueue Queue(StreamName name);

    IRing Ring(StreamName name);

    IPartition Partition(StreamName name);

    /// <summary>
    /// What a room keeps of its messages (<see cref="RoomHistory"/>), one record each. It is made by <see cref="ICatalogue.CreateAsync"/> alone: an append to a room that
    /// keeps nothing is answered <see cref="AppendResult.NoSuchStream"/>. Who listens in the room hears what is appended once it is durable.
    /// </summary>
    IGroupedLog Room(StreamName name);
}
