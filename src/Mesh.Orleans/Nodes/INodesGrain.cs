namespace Mesh.Orleans.Nodes;

/// <summary>The nodes of a cluster: one grain, with key 0, knows them and assigns slots to them. Its methods are those of <see cref="INodes"/>; each may be sent again.</summary>
public interface INodesGrain : IGrainWithIntegerKey
{
    ValueTask<NodeTable?> BeatAsync(NodeReport report, long known);

    ValueTask LeaveAsync(string id);

    ValueTask<NodeTable> TableAsync();

    ValueTask<NodeReport[]> ListAsync();

    ValueTask<string?> PinAsync(int slot, string[] nodes);

    ValueTask<bool> UnpinAsync(int slot);
}
