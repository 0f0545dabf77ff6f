namespace Mesh.Orleans.Rooms;

/// <summary>One room; its key is a <see cref="RoomKey"/>. Its messages touch nobody but this grain and the processes that have listeners.</summary>
public interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>The process has a listener now. Again is no change.</summary>
    ValueTask JoinAsync(RoomProcess process);

    ValueTask LeaveAsync(RoomProcess process);

    /// <summary>
    /// Hands messages to all members in this order. May be sent again, to this activation or the next: who has them already hands none out twice. The answer
    /// waits for processes that are on their way from one silo to another.
    /// </summary>
    /// <returns>How many listeners each one reached.</returns>
    [ResponseTimeout("00:01:00")]
    ValueTask<int[]> PublishAsync(RoomPosts posts);

    /// <summary>Hands messages out that the room's history has committed, in this order. Ends when they are on their way; may be sent again, as the other.</summary>
    ValueTask HandOutKeptAsync([Immutable] RoomPosts posts);

    /// <summary>The room has a history from now on, or no more.</summary>
    ValueTask OnHistoryChangedAsync();

    /// <summary>Listeners of the room itself, over the cluster.</summary>
    [ResponseTimeout("00:01:00")]
    ValueTask<int> ListenersAsync();

    /// <summary>As <see cref="IRooms.MembersAsync"/>.</summary>
    [ResponseTimeout("00:01:00")]
    ValueTask<RoomMember[]> MembersAsync();
}
