using Mesh.Frames;

namespace Mesh.Engine.Rooms;

/// <summary>Who hears what is appended to rooms that keep a history. Thread-safe.</summary>
public interface IRoomAudience
{
    /// <summary>Hands messages to all who listen in the room, in this order. Called once for each message, and not again before the task ends.</summary>
    /// <param name="room">The room's history.</param>
    /// <param name="messages">What was committed.</param>
    ValueTask HandOutAsync(StreamName room, IReadOnlyList<RoomBatch> messages);
}

/// <summary>Messages that were committed together.</summary>
/// <param name="Log">The history's number: one made anew counts its sequences anew.</param>
/// <param name="Messages">Committed records; their bytes stay good.</param>
public readonly record struct RoomBatch(StreamNumber Log, BatchSlice Messages);
