namespace Mesh.Orleans.Rooms;

/// <summary>One room; its key is a <see cref="RoomKey"/>. Its messages touch nobody but this grain and the processes that have listeners.</summary>
public interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>The process has a listener now. Again is no change.</summary>
    ValueTask JoinAsync(IRoomMember member);

    ValueTask LeaveAsync(IRoomMember member);

    /// <summary>Hands messages to all members in this order.</summary>
    /// <returns>How many listeners each one reached.</returns>
    ValueTask<int[]> PublishAsync([Immutable] ReadOnlyMemory<byte>[] messages);

    /// <summary>Listeners of the room itself, over the cluster.</summary>
    ValueTask<int> ListenersAsync();
}
