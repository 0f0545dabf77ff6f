namespace Mesh;

/// <summary>
/// The nodes of the mesh and the assignment of rooms to them (HubSub specification, 2.3). Rooms are assigned by their slots, each to a few nodes, of which the first
/// is where new clients should go and any may be used. The assignment stays as it is until a node comes or goes, or one is much busier than the others for a while;
/// then as few slots move as can: of a busy node those that make it so, to less busy ones. It says where a room's traffic should be: rooms themselves work at every node. Thread-safe.
/// </summary>
public interface INodes
{
    /// <summary>How often a node has to <see cref="BeatAsync"/>.</summary>
    static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>A node that has not been heard of for so long is gone: five beats.</summary>
    static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    /// <summary>Whether streams are spread over processes.</summary>
    bool IsCluster { get; }

    /// <summary>A node is there: for the first time, or still.</summary>
    /// <param name="report">Its address and load.</param>
    /// <param name="known">Version of the table that it has.</param>
    /// <returns>The present table; null when it is the one that is known.</returns>
    ValueTask<NodeTable?> BeatAsync(NodeReport report, long known);

    /// <summary>A node ends: its slots go to others at once.</summary>
    ValueTask LeaveAsync(string id);

    ValueTask<NodeTable> TableAsync();

    /// <summary>All nodes as they last said of themselves, in the order of their ids.</summary>
    ValueTask<IReadOnlyList<NodeReport>> ListAsync();

    /// <summary>Assigns a slot to given nodes, until <see cref="UnpinAsync"/>. While none of them is there, it is assigned as the others are.</summary>
    /// <param name="slot">From 0 to <see cref="RoomSlot.Count"/> - 1.</param>
    /// <param name="nodes">Ids, at least one and none twice, in their order.</param>
    /// <returns>The first of the ids that is no node now; null when it is done.</returns>
    ValueTask<string?> PinAsync(int slot, IReadOnlyList<string> nodes);

    /// <returns>False when the slot was not pinned.</returns>
    ValueTask<bool> UnpinAsync(int slot);
}
