namespace Mesh.Orleans.Rooms;

/// <summary>A process with listeners: a gateway, or what runs beside a silo. It hands messages out to its own listeners.</summary>
public interface IRoomMember : IGrainObserver
{
    /// <summary>Hands messages of one room out, in this order; those that were handed out before are only counted.</summary>
    /// <returns>How many listeners each one reached here: once for the room, and once for each pattern.</returns>
    ValueTask<int[][]> HandOutAsync([Immutable] byte[] room, [Immutable] RoomPosts[] posts);

    /// <summary>Listeners of the room itself here.</summary>
    ValueTask<int> ListenersAsync([Immutable] byte[] room);

    /// <summary>Who listens in the room itself here, of those that say who they are.</summary>
    ValueTask<RoomMember[]> MembersAsync([Immutable] byte[] room);

    /// <summary>Rooms with listeners here, of those that match a pattern; all for an empty one.</summary>
    ValueTask<byte[][]> RoomsAsync([Immutable] byte[] pattern);
}
